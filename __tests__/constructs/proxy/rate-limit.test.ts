import { type Rate, RateLimit } from "../../../constructs/proxy/rate-limit";

test("counts the requests of a second or a minute, with no burst unless told", () => {
  expect(RateLimit.perClient({ rate: "10/s" })).toMatchObject({ rate: "10r/s", burst: 0 });
  expect(RateLimit.perClient({ rate: "5/m", burst: 3 })).toMatchObject({ rate: "5r/m", burst: 3 });
});

test.each(["10", "10/h", "0/s", "1.5/s", "10 /s", "-1/s"])("refuses the rate %p", (rate) => {
  expect(() => RateLimit.perClient({ rate: rate as Rate })).toThrow(
    `rate limit: rate "${rate}" must be requests in a second or a minute, like "10/s" or "5/m"`,
  );
});

test.each([-1, 0.5, Number.NaN])("refuses the burst %p", (burst) => {
  expect(() => RateLimit.perClient({ rate: "1/s", burst })).toThrow(
    `rate limit: burst must be a whole number of at least 0, got ${burst}`,
  );
});
