import fc from "fast-check";
import { expect, test } from "vitest";
import { eventId } from "./event-id.ts";

/** As Customer.io reads a ULID: 26 letters of Crockford's, and no more than 128 bits. */
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

const change = fc.tuple(
  fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true }),
  fc.array(fc.oneof(fc.string(), fc.integer()), { minLength: 1, maxLength: 5 }),
);

test("whatever the change, its id is a ULID of the time at which it happened", () => {
  fc.assert(
    fc.property(change, ([at, of]) => {
      const id = eventId(at, of);
      expect(id).toMatch(ULID);
      const ms = [...id.slice(0, 10)].reduce(
        (sum, one) => sum * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".indexOf(one),
        0,
      );
      expect(ms).toBe(at.getTime());
    }),
  );
});

test("the same change has the same id, and another one has another", () => {
  fc.assert(
    fc.property(change, change, ([at, of], [otherAt, other]) => {
      expect(eventId(at, of)).toBe(eventId(new Date(at), [...of]));
      const isSame = at.getTime() === otherAt.getTime() && JSON.stringify(of) === JSON.stringify(other);
      expect(eventId(at, of) === eventId(otherAt, other)).toBe(isSame);
    }),
  );
});
