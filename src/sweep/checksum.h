#pragma once

struct sqlite3;

namespace weir::sweep {

/// Gives a connection the function weir_checksum(values...): the first 8 bytes of the SHA-256 of the values,
/// as an integer. Each value counts as a letter and its bytes: `n` (NULL), `i` and the digits of a whole
/// number (of a real one without a fraction, too), `r` and the 8 bytes of another number, big-endian, `t` and
/// a text, `b` and a blob; the last three letters are followed by the number of bytes, and a colon.
/// False when it cannot.
bool add_checksum(sqlite3* connection);

}  // namespace weir::sweep
