/** What Terraform's `-json` output says that people want to know (developer.hashicorp.com, "machine-readable UI"). */
export type UiEvent =
  | { readonly kind: "change"; readonly address: string; readonly action: string }
  | { readonly kind: "outputs"; readonly names: readonly string[] }
  | { readonly kind: "doing"; readonly address: string; readonly action: string }
  | { readonly kind: "error"; readonly text: string }
  | { readonly kind: "summary"; readonly text: string };

interface UiLine {
  readonly "@message": string;
  readonly type: string;
  readonly change?: { readonly resource: { readonly addr: string }; readonly action: string };
  readonly outputs?: Readonly<Record<string, { readonly action?: string }>>;
  readonly hook?: { readonly resource: { readonly addr: string }; readonly action: string };
  readonly diagnostic?: Diagnostic;
}

interface Diagnostic {
  readonly severity: string;
  readonly summary: string;
  readonly detail?: string;
  readonly address?: string;
}

/** The event of one line; most lines have none. */
export function eventIn(line: string): UiEvent | undefined {
  if (!line.startsWith("{")) return undefined;
  const { type, change, outputs, hook, diagnostic, "@message": message } = JSON.parse(line) as UiLine;
  if (type === "planned_change" && change) {
    return { kind: "change", address: change.resource.addr, action: change.action };
  }
  if (type === "outputs" && outputs) {
    const changed = Object.entries(outputs).filter(([, { action }]) => action !== undefined && action !== "noop");
    return { kind: "outputs", names: changed.map(([name]) => name) };
  }
  if (type === "apply_start" && hook) return { kind: "doing", address: hook.resource.addr, action: hook.action };
  if (type === "change_summary") return { kind: "summary", text: message };
  if (type === "diagnostic" && diagnostic?.severity === "error") return { kind: "error", text: textOf(diagnostic) };
  return undefined;
}

function textOf({ summary, detail, address }: Diagnostic): string {
  return [`Error: ${summary}`, address && `  with ${address}`, detail].filter(Boolean).join("\n\n");
}
