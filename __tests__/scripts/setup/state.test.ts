import { isData, resources, volumeName } from "../../../scripts/setup/state";

test("only protected volumes are data", () => {
  expect(isData('docker_volume.protected["chenu-local-db-data"]')).toBe(true);
  expect(isData('docker_volume.disposable["chenu-local-scratch"]')).toBe(false);
  expect(isData("docker_volume.proxy_config_volume_FCAE77E9")).toBe(false);
  expect(isData("docker_container.db_server_1_266C1534")).toBe(false);
});

test("a data volume has its Docker name in its address", () => {
  expect(volumeName('docker_volume.protected["chenu-local-db-data"]')).toBe("chenu-local-db-data");
});

test("what Terraform only looks up is not deployed", () => {
  const listed = ["data.docker_registry_image.api", "docker_image.api", "docker_network.main"];
  expect(resources(listed)).toEqual(["docker_image.api", "docker_network.main"]);
});
