import { rememberedIn } from "../../../scripts/upgrade/remembered-series";

test.each([
  ["mariadb 10.11", { series: "mariadb 10.11" }],
  [
    "postgres 18 (upgrade from postgres 17 under way)",
    { series: "postgres 18", underWay: "upgrade", from: "postgres 17" },
  ],
  ["mysql 8.4 (way back from mysql 9 under way)", { series: "mysql 8.4", underWay: "way back", from: "mysql 9" }],
])("the state says %p", (text, remembered) => expect(rememberedIn(text)).toEqual(remembered));
