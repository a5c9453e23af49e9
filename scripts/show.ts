import { Command } from "commander";
import { proxyConfigs } from "./show/proxy-config";
import { withStack } from "./synthesised-stack";

const program = new Command("npm run show --")
  .description("What an environment will be made of, as the code says it now")
  .showHelpAfterError("for examples, type: npm run show -- help")
  .addHelpText("after", "\nExample:\n  npm run show -- proxy staging    the configuration that Nginx will read");

program
  .command("proxy")
  .description("print the configuration of Nginx")
  .argument("<environment>", "like local, staging or production")
  .action((environment) =>
    withStack(environment, ({ json }) => {
      const configs = proxyConfigs(json.resource?.docker_container ?? {});
      if (configs.length === 0) throw new Error(`environment ${environment} has no proxy`);
      process.stdout.write(configs.join("\n"));
    }),
  );

program.parseAsync().catch((error: Error) => {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});
