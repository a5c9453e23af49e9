import { Chenu } from "./stacks/chenu";
import { synthesise } from "./stacks/synthesise";

// Which systems there are; each has one Terraform stack per file in environments/<system>/.
synthesise({ chenu: Chenu });
