// What every error of the module must be.
import assert from "node:assert/strict";

/** A real `Error` of this class, known by its guard alone, with this code. It was described by the kit. */
export function assertError(error, name, code, message) {
  assert.deepEqual({ name: error.name, code: error.code }, { name, code }, JSON.stringify(error));
  assert.deepEqual(error.instanceOf, [name]);
  assert.deepEqual(error.guards, [`is${name}`]);
  assert.equal(error.isError, true);
  assert.ok(error.text.startsWith(`${name}: `), error.text);
  assert.match(error.message, message ?? /\S/);
}
