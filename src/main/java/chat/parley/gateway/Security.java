package chat.parley.gateway;

import chat.parley.audit.Audit;
import chat.parley.audit.AuditReader;
import chat.parley.auth.Profile;
import chat.parley.auth.Revocations;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Function;

/**
 * What ends sessions, and what is remembered of who did what.
 *
 * @param byProvider whom an ID token of the identity provider signs in, where there is one
 * @param written the audit log, to be read
 */
public record Security(
    Revocations revocations,
    Optional<Function<String, Future<Profile>>> byProvider,
    Audit audit,
    AuditReader written) {}
