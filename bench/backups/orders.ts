/** What differs between the two SQL dialects. */
export interface Dialect {
  /** What has to be said before a long series. */
  readonly prelude: string;
  /** A query for the numbers from 1 to this one, in a column `n`. */
  series(last: number): string;
  /** One of these words, by a number that counts from 0. */
  choose(words: readonly string[], index: string): string;
  /** The number's hash, 32 characters. */
  hash(number: string): string;
}

const WORDS =
  "the order was left with our neighbour because nobody answered door please call before you come again it arrived late but complete thank for quick reply gift wrap missing one size too small would like exchange".split(
    " ",
  );
const WORDS_PER_COMMENT = 40;
const BYTES_PER_ROW = 330;

export const ORDERS = `CREATE TABLE orders (
  id bigint PRIMARY KEY, customer bigint NOT NULL, amount decimal(12, 2) NOT NULL, status varchar(10) NOT NULL,
  token char(32) NOT NULL, comment varchar(1000) NOT NULL
)`;

export const INDEX = "CREATE INDEX orders_customer ON orders (customer)";

export function rowsFor(gigabytes: number): number {
  return Math.round((gigabytes * 1e9) / BYTES_PER_ROW);
}

/** Orders of a shop: numbers, a random token each, and a text of words. */
export function insertOrders(rows: number, { prelude, series, choose, hash }: Dialect): string {
  const word = (position: number) =>
    choose(WORDS, `(n * ${2 * position + 7919} + n / ${position + 3}) % ${WORDS.length}`);
  const comment = Array.from({ length: WORDS_PER_COMMENT }, (_, position) => word(position)).join(", ");
  const status = choose(["new", "paid", "sent", "done"], "n % 4");
  return `${prelude}; INSERT INTO orders
    SELECT n, 1 + n * 7919 % 100000, n * 31 % 1000000 / 100, ${status}, ${hash("n")}, concat_ws(' ', ${comment}) ${series(rows)}`;
}

/** One row in a hundred is another the next day. Changes happen to what is recent: every tenth row of the newest tenth. */
export function changeOrders(rows: number, day: number): string {
  const newest = Math.floor(rows * 0.9);
  return `UPDATE orders SET amount = amount + 1, status = 'day ${day}' WHERE id > ${newest} AND id % 10 = ${day % 10}`;
}
