package chat.parley;

import chat.parley.audit.AuditCheck;
import chat.parley.audit.AuditFinding;
import chat.parley.audit.AuditReport;
import chat.parley.audit.AuditStore;
import chat.parley.audit.ChainKey;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code verify --audit}: checks the chains of the audit log and says what is wrong.
 *
 * @param earlierKeys files with signing keys that the nodes had before the one of today
 */
record AuditVerification(PrintWriter out, boolean json, List<Path> earlierKeys)
    implements AuditAccess.Work {
  @Override
  public int at(AuditStore store, Settings settings) throws InterruptedException {
    List<ChainKey> keys = new ArrayList<>();
    keys.add(AuditCommand.key(settings.signingKeyFile()));
    earlierKeys.forEach(file -> keys.add(AuditCommand.key(file)));
    AuditReport report = Blocking.await(new AuditCheck(store, keys).run());
    out.println(json ? json(report).encodePrettily() : table(report));
    out.flush();
    return report.findings().isEmpty() ? 0 : 1;
  }

  private static String table(AuditReport report) {
    StringBuilder text = new StringBuilder();
    report.findings().forEach(finding -> text.append(finding).append('\n'));
    return text.append(
            "%s: %d lines of %d chains, %d days; %d findings"
                .formatted(
                    report.findings().isEmpty() ? "Nothing is wrong" : "Something is wrong",
                    report.lines(),
                    report.chains(),
                    report.days(),
                    report.findings().size()))
        .toString();
  }

  private static JsonObject json(AuditReport report) {
    JsonArray findings = new JsonArray();
    for (AuditFinding finding : report.findings()) {
      findings.add(
          new JsonObject()
              .put("fault", finding.fault().word())
              .put("day", finding.day())
              .put("chain", finding.chain())
              .put("seq", finding.seq())
              .put("detail", finding.detail()));
    }
    return new JsonObject()
        .put("days", report.days())
        .put("chains", report.chains())
        .put("lines", report.lines())
        .put("findings", findings);
  }
}
