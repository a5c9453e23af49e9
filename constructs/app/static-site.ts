import { Construct } from "constructs";
import {
  ConfigVolume,
  Health,
  Image,
  type ImageSource,
  Network,
  Replacement,
  type Resources,
  Service,
} from "../runtime";
import type { Routable } from "./connection";

export interface StaticSiteProps {
  /** An image made from the official Nginx image, with the built pages in {@link root}. */
  readonly image: ImageSource;

  /**
   * Folder of the pages inside the image.
   *
   * @default "/usr/share/nginx/html"
   */
  readonly root?: string;

  /**
   * Answer unknown paths with `index.html`, for pages that do their own routing. Otherwise with 404.
   *
   * @default false
   */
  readonly singlePage?: boolean;

  /** @default 1 */
  readonly replicas?: number;

  /** @default - 64 MiB of memory and one core */
  readonly resources?: Resources;
}

/** Built pages, served by an Nginx whose configuration the image need not bring. */
export class StaticSite extends Construct implements Routable {
  readonly port = 8080;
  readonly probe = "/-/health";

  readonly network = Network.own(this);

  private readonly service: Service;

  constructor(scope: Construct, id: string, props: StaticSiteProps) {
    super(scope, id);
    const image = new Image(this, "image", props.image);
    const config = new ConfigVolume(this, "config", {
      image,
      files: () => ({ "nginx.conf": siteConfig(this, props.root ?? "/usr/share/nginx/html", props.singlePage) }),
    });
    this.service = new Service(
      this,
      "service",
      {
        image,
        entrypoint: ["nginx"],
        command: ["-c", config.pathOf("nginx.conf", "/etc/portolan"), "-g", "daemon off;"],
        user: "nginx",
        networks: [{ network: this.network }],
        mounts: [{ volume: config, path: "/etc/portolan", readOnly: true }],
        tmpfs: { "/tmp": "rw,noexec,nosuid,mode=1777,size=16m" },
        resources: { memory: props.resources?.memory ?? 64, cpus: props.resources?.cpus },
        port: this.port,
        health: Health.http(this.probe),
        stopSignal: "SIGQUIT",
      },
      { replacement: Replacement.START_FIRST, replicas: props.replicas },
    );
    this.service.startAfter(config);
  }

  get containerNames(): string[] {
    return this.service.containerNames;
  }
}

function siteConfig({ port, probe }: StaticSite, root: string, singlePage = false): string {
  return `worker_processes 1;
pid /tmp/nginx.pid;
error_log /dev/stderr warn;

events {
  worker_connections 1024;
}

http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  server_tokens off;
  # The port is the container's own.
  absolute_redirect off;
  sendfile on;
  access_log off;
  client_body_temp_path /tmp/body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  gzip on;
  gzip_types text/css application/javascript application/json image/svg+xml;

  server {
    listen ${port};
    root ${root};

    # Pages are asked for again each time, so that a release is seen at once.
    add_header Cache-Control no-cache;
    location / {
      try_files $uri $uri/ ${singlePage ? "/index.html" : "=404"};
    }
    location = ${probe} {
      return 204;
    }
  }
}
`;
}
