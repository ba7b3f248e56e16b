package chat.parley.auth;

import java.util.Optional;

/**
 * Somebody as the identity provider knows them. Issuer and subject together are one person for
 * ever; the rest may change, and nothing is decided by it.
 *
 * @param handle what they would like to be called here
 * @param name their name for show
 */
public record Identity(
    String issuer, String subject, Optional<String> handle, Optional<String> name) {}
