/**
 * Accounts, devices, sessions and tokens: who is it?
 *
 * <pre>
 *   accounts(user_id)                 handle, display_name, password_hash     plain writes
 *   handles(handle)                   user_id                                 LWT only
 *   handle_index(prefix | handle)     user_id                                 plain writes
 *   devices(user_id | device_id)      name, times, family, token_hash         LWT only
 *   refresh_tokens(token_hash)        user_id, device_id, family              plain, never updated, TTL
 * </pre>
 *
 * A handle is claimed in {@code handles} by a lightweight transaction, after its account row and
 * before its index row are written: a crash in between leaves a row that nobody can reach, or an
 * account that search does not find until its next sign-in writes the index row again; never a
 * claimed handle without an account. {@code handle_index} is partitioned by the first two
 * characters, so a search reads one partition.
 *
 * <p>Of a refresh token only the SHA-256 is stored; being random it needs no slow hash. {@code
 * devices} holds the one that is good now; {@code refresh_tokens} remembers all that are not
 * expired, so that one used twice is known for whose it was. {@code family} is fresh at each
 * sign-in: an old token of an earlier sign-in is then just unknown and signs nobody out.
 */
package chat.parley.auth;
