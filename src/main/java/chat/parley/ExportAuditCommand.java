package chat.parley;

import chat.parley.audit.AuditLine;
import chat.parley.audit.AuditReader;
import chat.parley.audit.AuditStore;
import java.io.PrintWriter;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code audit export}. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the audit log as JSON lines: {\"seal\": ..., \"line\": {...}}, a day's chains one after another. The"
          + " settings are those of serve; only Cassandra is asked.",
      "Whether it was tampered with is what verify --audit says."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done; also where there is nothing",
      "2:could not look: the history store is away, an option or setting is unusable"
    })
final class ExportAuditCommand implements Callable<Integer> {
  private static final int PAGE = 500;

  @Spec private CommandSpec spec;
  @Mixin private StoreOptions stores;

  @Option(
      names = "--from",
      paramLabel = "DAY",
      description = "the first day (UTC), such as 2026-01-31; without it the oldest there is")
  private LocalDate from = LocalDate.MIN;

  @Option(
      names = "--to",
      paramLabel = "DAY",
      description = "the last day; without it the latest there is")
  private LocalDate to = LocalDate.MAX;

  @Override
  public Integer call() throws InterruptedException {
    return AuditAccess.with(
        spec.commandLine().getErr(), stores::settings, (store, settings) -> export(store));
  }

  private int export(AuditStore store) throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    AuditReader reader = new AuditReader(store);
    List<String> days = Blocking.await(reader.days());
    for (String day : days) {
      LocalDate date = LocalDate.parse(day);
      if (date.isBefore(from) || date.isAfter(to)) {
        continue;
      }
      String cursor = null;
      do {
        AuditReader.Page page = Blocking.await(reader.page(day, cursor, PAGE));
        page.lines().stream().map(AuditLine::export).forEach(out::println);
        cursor = page.next();
      } while (cursor != null);
    }
    out.flush();
    return 0;
  }
}
