import { terraformVersion } from "../../../scripts/terraform/binary";

test("Terraform's version is read from its JSON", () => {
  expect(terraformVersion('{\n  "terraform_version": "1.11.4",\n  "platform": "linux_amd64"\n}')).toEqual([1, 11, 4]);
});

test("warnings before the JSON, as OpenTofu prints them, are passed over", () => {
  expect(terraformVersion('\nWarning: no file 9.9.9\n\n{"terraform_version":"1.12.6"}')).toEqual([1, 12, 6]);
});
