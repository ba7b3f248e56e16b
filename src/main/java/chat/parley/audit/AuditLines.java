package chat.parley.audit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** The log {@code parley.audit}: each event a line, with its details as key-values. */
final class AuditLines {
  private static final Logger LOG = LoggerFactory.getLogger("parley.audit");

  private AuditLines() {}

  static void write(AuditEvent event) {
    LoggingEventBuilder line =
        LOG.atInfo().addKeyValue("actor", event.actor()).addKeyValue("outcome", event.outcome());
    for (var detail : event.details().entrySet()) {
      line = line.addKeyValue(detail.getKey(), detail.getValue());
    }
    line.log(event.action().word());
  }
}
