import { Chenu } from "./stacks/chenu";
import { IaPosteManager } from "./stacks/ia-poste-manager";
import { StakaLivres } from "./stacks/staka-livres";
import { synthesise } from "./stacks/synthesise";

// Which systems there are; each has one Terraform stack per file in environments/<system>/.
synthesise({ chenu: Chenu, "staka-livres": StakaLivres, "ia-poste-manager": IaPosteManager });
