import { DataVolume, Image, ImageSource, volumeOwner } from "../../../constructs/runtime";
import { synthesised } from "../../synthesised";

test("gives the top folders of volumes to a user, with the one capability that takes", () => {
  const stack = synthesised((shop) => {
    const image = new Image(shop, "image", ImageSource.official("busybox:1"));
    const volumes = [new DataVolume(shop, "uploads"), new DataVolume(shop, "exports")];
    volumeOwner(shop, { image, user: "10001:10001", volumes });
  });
  expect(stack.container("owner")).toMatchObject({
    entrypoint: ["chown"],
    command: ["10001:10001", "/volumes/1", "/volumes/2"],
    user: "0:0",
    capabilities: { add: ["CAP_CHOWN"], drop: ["ALL"] },
    network_mode: "none",
    mounts: [
      { source: '${docker_volume.protected["shop-test-uploads"].name}', target: "/volumes/1" },
      { source: '${docker_volume.protected["shop-test-exports"].name}', target: "/volumes/2" },
    ],
  });
});
