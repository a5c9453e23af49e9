import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { Transform } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";

/**
 * A line to a server, as by VPN: whatever goes over it takes its time, and it can drop. It is on loopback, and delays what
 * it passes on by itself: not every kernel can do that to a network device.
 */
export class SlowLine {
  static async to(host: string, port: number): Promise<SlowLine> {
    const line = new SlowLine(host, port);
    line.server.listen(0, "127.0.0.1");
    await once(line.server, "listening");
    return line;
  }

  /** There and back. */
  roundTripMilliseconds = 0;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private restored: Promise<unknown> = Promise.resolve();
  private broken = false;

  private constructor(host: string, port: number) {
    this.server = createServer((near) => {
      if (this.broken) return near.destroy();
      const far = connect(port, host);
      this.join(near, far);
      this.join(far, near);
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Nothing passes in either direction for a while; what is sent meanwhile arrives after it, as TCP sees to. */
  drop(seconds: number): Promise<unknown> {
    this.restored = wait(seconds * 1000);
    return this.restored;
  }

  /** Ends every connection, and lets no new one come about before {@link restore}. */
  cut(): void {
    this.broken = true;
    for (const socket of this.sockets) socket.destroy();
  }

  restore(): void {
    this.broken = false;
  }

  close(): void {
    this.cut();
    this.server.close();
  }

  private join(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.setNoDelay(true);
    // What came first arrives first, however long each piece is under way.
    let before: Promise<unknown> = Promise.resolve();
    const passing = new Transform({
      transform: (piece, _, sent) => {
        const due = wait(this.roundTripMilliseconds / 2);
        before = Promise.all([before, due])
          .then(() => this.restored)
          .then(() => passing.push(piece));
        sent();
      },
      flush: (done) => {
        before.then(() => done());
      },
    });
    from.pipe(passing).pipe(to);
    from.on("error", () => to.destroy()).on("close", () => this.sockets.delete(from));
  }
}
