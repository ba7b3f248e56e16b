package chat.parley.replay;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.client.FakeParley;
import chat.parley.client.QuickSettings;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * The whole run against a server in memory: clean where the server is, and red for each kind of
 * broken promise.
 */
class ReplayRunTest {
  private static final Path SAMPLE = Path.of("src/test/resources/irc/ubuntu-2007-09-07.txt");

  /** For what comes at its time, also on a busy machine. */
  private static final Duration ENOUGH = Duration.ofSeconds(30);

  @TempDir Path folder;

  private final Vertx vertx = Vertx.vertx();
  private final FakeParley server = new FakeParley(vertx);
  private URI uri;

  @BeforeEach
  void start() throws Exception {
    uri = server.start().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
  }

  /** For what is never going to come: the run waits that long for it. */
  private ReplayReport run(double speed, ReplayListener listener) throws Exception {
    return run(speed, Duration.ofSeconds(2), listener);
  }

  private ReplayReport run(double speed, Duration settle, ReplayListener listener)
      throws Exception {
    ReplaySettings settings =
        new ReplaySettings(
            uri, speed, "test", 1, 4, Duration.ofSeconds(20), settle, QuickSettings.get());
    return ReplayRun.start(vertx, List.of(SAMPLE), settings, listener)
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }

  @Test
  void aDayPiecePlayedOnASoundServerIsClean() throws Exception {
    ReplayReport report = run(20_000, ENOUGH, ReplayListener.NONE);
    assertThat(report.examples()).isEmpty();
    assertThat(report.exitCode()).isZero();
    assertThat(report.users()).isEqualTo(37);
    assertThat(report.sent()).isEqualTo(report.acked()).isGreaterThan(150);
    assertThat(report.delivered()).isGreaterThan(report.sent() * 20);
    assertThat(report.toDelivered().count()).isEqualTo(report.delivered());
    assertThat(report.toAck().p99()).isPositive();
    assertThat(server.log().stream().map(change -> change.getString("type")))
        .contains("message.new", "member.joined", "member.left");
  }

  @Test
  void aServerThatGoesAwayInTheMiddleAndComesBackLosesNothing() throws Exception {
    ReplayReport report =
        run(
            10_000,
            ENOUGH,
            new ReplayListener() {
              @Override
              public void acked(long count) {
                if (count == 60) {
                  server.down = true;
                  server.unanswered = 3;
                  server.closeAll(1001);
                  vertx.setTimer(300, timer -> server.down = false);
                }
              }
            });
    assertThat(report.examples()).isEmpty();
    assertThat(report.exitCode()).isZero();
    assertThat(report.reconnects()).isGreaterThanOrEqualTo(37);
    assertThat(report.acked()).isEqualTo(report.sent());
  }

  @Test
  void lastFramesThatNeverArriveAreFoundAsLost() throws Exception {
    server.lose = (userId, changeSeq) -> changeSeq > 180;
    ReplayReport report = run(20_000, ReplayListener.NONE);
    assertThat(server.log()).hasSizeGreaterThan(185);
    assertThat(report.lost()).isPositive();
    assertThat(report.exitCode()).isEqualTo(1);
    assertThat(report.table()).contains("PROMISES BROKEN");
  }

  @Test
  void aServerThatForgetsWhatItStoredIsFoundDoubling() throws Exception {
    server.forgetSends = true;
    server.unanswered = 2;
    vertx.setPeriodic(
        5,
        timer -> {
          if (server.unanswered == 0) { // stored, and nobody told
            vertx.cancelTimer(timer);
            server.closeAll(4000);
          }
        });
    ReplayReport report = run(20_000, ReplayListener.NONE);
    assertThat(report.doubled()).isPositive();
    assertThat(report.exitCode()).isEqualTo(1);
  }

  @Test
  void theCommandPrintsTheTableAndExitsWithZero() {
    StringWriter out = new StringWriter();
    int code =
        execute(
            out,
            new StringWriter(),
            SAMPLE.toString(),
            "--server",
            uri.toString(),
            "--speed",
            "20000");
    assertThat(code).isZero();
    assertThat(out.toString()).contains("send→delivered", "every promise kept", "settling");
  }

  @Test
  void whatCannotBeRunIsTwoWithAMessage() throws Exception {
    assertUnusable("no such file", folder.resolve("none").toString(), "--server", uri.toString());
    Path diary = Files.writeString(folder.resolve("diary"), "dear diary");
    assertUnusable("is not an IRC log", diary.toString(), "--server", uri.toString());
    assertUnusable("cannot be reached", SAMPLE.toString(), "--server", "http://127.0.0.1:1");
    assertUnusable("not an http", SAMPLE.toString(), "--server", "ftp://127.0.0.1");
    assertUnusable("--speed", SAMPLE.toString(), "--speed", "0");
    assertUnusable("FILE", "--speed", "1");
    server.signUpOff = true;
    assertUnusable("does not let people sign up", SAMPLE.toString(), "--server", uri.toString());
  }

  private static void assertUnusable(String message, String... arguments) {
    StringWriter err = new StringWriter();
    assertThat(execute(new StringWriter(), err, arguments)).isEqualTo(2);
    assertThat(err.toString()).contains(message).doesNotContain("\tat ");
  }

  private static int execute(StringWriter out, StringWriter err, String... arguments) {
    return new CommandLine(new ReplayCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
