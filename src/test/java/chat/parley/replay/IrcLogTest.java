package chat.parley.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IrcLogTest {
  @TempDir Path folder;

  private static IrcLine only(String text) {
    List<IrcLine> lines = IrcLog.parse(text).lines();
    assertThat(lines).hasSize(1);
    return lines.get(0);
  }

  private static void assertIgnored(String text) {
    IrcLog log = IrcLog.parse(text);
    assertThat(log.lines()).isEmpty();
    assertThat(log.ignored()).isEqualTo(1);
  }

  @Test
  void aMessageHasMinuteNickAndText() {
    assertThat(only("[09:15] <Pelo> go on  then "))
        .isEqualTo(new IrcLine(IrcLine.Kind.MESSAGE, "Pelo", "go on  then ", 9 * 60 + 15, 1));
  }

  @Test
  void oddNicksAndTextsAreMessages() {
    assertThat(only("[12:00] <zcat[1] > hm").nick()).isEqualTo("zcat[1]");
    assertThat(only("[12:00] <Chris|> <b> > a").text()).isEqualTo("<b> > a");
    assertThat(only("[12:00] <a> === b has joined #ubuntu").kind()).isEqualTo(IrcLine.Kind.MESSAGE);
    assertThat(only("[12:00] <a> one\u2028two").text()).isEqualTo("one\u2028two");
    assertThat(only("[12:00] <a> text\r").text()).isEqualTo("text");
    assertThat(only("\uFEFF[12:00] <a> text").minute()).isEqualTo(720);
    assertThat(only("[12:00]  * flyback is going to sleep").text())
        .isEqualTo("* is going to sleep");
  }

  @Test
  void joinsLeavesQuitsKicksAndRenamesAreEvents() {
    assertThat(only("=== Ed_L  has joined #Ubuntu").kind()).isEqualTo(IrcLine.Kind.JOIN);
    assertThat(only("===  x   has joined #ubuntu").nick()).isEqualTo("x");
    assertThat(only("=== Ed_L  has left #ubuntu [\"Leaving\"] ").kind())
        .isEqualTo(IrcLine.Kind.LEAVE);
    assertThat(only("=== Ed_L has quit [Ping timeout]").kind()).isEqualTo(IrcLine.Kind.LEAVE);
    assertThat(only("=== Ed_L was kicked off #ubuntu by Seveas (Seveas)").kind())
        .isEqualTo(IrcLine.Kind.LEAVE);
    assertThat(only("=== RTB|Sleep is now known as Roger"))
        .isEqualTo(new IrcLine(IrcLine.Kind.RENAME, "RTB|Sleep", "Roger", -1, 1));
  }

  @Test
  void whatIsNoneOfTheseIsCountedAndLeftOut() {
    assertIgnored("=== mode/#ubuntu [+o LjL]  by ChanServ");
    assertIgnored("=== kitchen sighs");
    assertIgnored("[02:34] <Ttech>");
    assertIgnored("[09:15] <silvernode>         ");
    assertIgnored("[25:00] <a> b");
    assertIgnored("nothing of the kind");
    assertThat(IrcLog.parse("\n\n  \n").ignored()).isZero();
  }

  @Test
  void bytesThatAreNoUtf8DoNotStopTheReading() throws Exception {
    Path file = folder.resolve("latin.txt");
    Files.write(file, "[12:00] <a> caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(IrcLog.read(file).lines().get(0).text()).isEqualTo("caf\uFFFD");
  }

  @Test
  void aMissingFileAndOneOfAnotherKindAreNamed() throws Exception {
    Path missing = folder.resolve("missing.txt");
    assertThatThrownBy(() -> IrcLog.read(missing))
        .isInstanceOf(ReplayException.class)
        .hasMessage("no such file: " + missing);
    Path other = Files.writeString(folder.resolve("other.txt"), "dear diary\n");
    assertThatThrownBy(() -> IrcLog.read(other))
        .isInstanceOf(ReplayException.class)
        .hasMessageContaining("is not an IRC log");
  }
}
