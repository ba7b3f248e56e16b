/**
 * Accounts, devices, sessions and tokens: who is it?
 *
 * <pre>
 *   accounts(user_id)                 handle, display_name, suspended           plain writes
 *                                     password_hash                             plain at first, then LWT
 *   handles(handle)                   user_id                                 LWT only
 *   handle_index(prefix | handle)     user_id                                 plain writes
 *   identities(issuer, subject)       user_id                                 LWT only
 *   devices(user_id | device_id)      name, platform, times, family, token_hash    LWT only
 *   refresh_tokens(token_hash)        user_id, device_id, family, ends_at     plain, never updated, TTL
 *   revoked_families(hour | family)                                           plain, TTL
 * </pre>
 *
 * A handle is claimed in {@code handles} by a lightweight transaction, after its account row and
 * before its index row are written: a crash in between leaves a row that nobody can reach, or an
 * account that search does not find until its next sign-in writes the index row again; never a
 * claimed handle without an account. (A user of the identity provider has an id before there is an
 * account, so there the handle comes first: a crash leaves one that their next sign-in finds to be
 * theirs.) {@code handle_index} is partitioned by the first two characters, so a search reads one
 * partition.
 *
 * <p>Of a refresh token only the SHA-256 is stored; being random it needs no slow hash. {@code
 * devices} holds the one that is good now; {@code refresh_tokens} remembers all that are not
 * expired, so that one used twice is known for whose it was. {@code family} is fresh at each
 * sign-in: an old token of an earlier sign-in is then just unknown and signs nobody out.
 *
 * <p>Who changes a password or shuts an account writes that first and then ends the sessions that
 * it finds; who signs in writes the session first and then looks whether the account still is as it
 * was. So of two that meet, one sees the other.
 *
 * <p>An access token is checked in memory alone: its signature, its claims, and that its family is
 * not on the list of those that ended ({@link chat.parley.auth.Revocations}). Its row goes when the
 * last token of the family has expired by itself.
 */
package chat.parley.auth;
