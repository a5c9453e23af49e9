import { mistakeBetween } from "../../../scripts/upgrade/direction";

test.each([
  ["postgres 17", "postgres 18"],
  ["mysql 8.4", "mysql 9"],
  ["mariadb 10.11", "mariadb 11.4"],
  ["mariadb 11.8", "mariadb 12"],
])("%s is brought to %s", (from, to) => expect(mistakeBetween(from, to)).toBeUndefined());

test.each([
  ["postgres 18", "postgres 17", "which the older postgres 17 can't take"],
  ["mysql 9", "mysql 8.4", "which the older mysql 8.4 can't take"],
  ["mariadb 11.4", "mariadb 10.11", "which the older mariadb 10.11 can't take"],
  ["mysql 8.4", "mariadb 11.8", "and an upgrade brings them to a newer mysql, not to mariadb 11.8"],
])("%s is not brought to %s", (from, to, why) => expect(mistakeBetween(from, to)).toBe(why));
