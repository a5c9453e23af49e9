import { Construct } from "constructs";
import { InvalidInput } from "../../constructs/invalid-input";
import { shop } from "../synthesised";

test("says where the mistake is before what it is", () => {
  const scope = new Construct(new Construct(shop(), "api"), "image");
  const error = new InvalidInput(scope, "has no tag");
  expect(error.message).toBe("test/api/image: has no tag");
  expect(error.name).toBe("InvalidInput");
});
