package chat.parley.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortsTest {
  @TempDir Path folder;

  @Test
  void aTakenConfiguredPortIsNamedWithItsSetting() throws IOException {
    try (ServerSocket taken = listener()) {
      assertThatThrownBy(() -> ports(1).configured("embedded.kafka.port", taken.getLocalPort()))
          .isInstanceOf(EmbeddedStackException.class)
          .hasMessageContaining(
              "Port "
                  + taken.getLocalPort()
                  + " on 127.0.0.1 (setting embedded.kafka.port) is taken");
    }
  }

  @Test
  void aChosenPortIsKeptForTheNextStart() {
    int first = ports(1).configured("embedded.kafka.port", 0);
    assertThat(ports(2).configured("embedded.kafka.port", 0)).isEqualTo(first);
  }

  @Test
  void aRememberedPortThatIsTakenNowIsReplaced() throws IOException {
    try (ServerSocket taken = listener()) {
      RememberedValues values = values();
      values.put("storage", Integer.toString(taken.getLocalPort()));
      int other = new Ports(values, new Random(1)).chosen("storage");
      assertThat(other).isNotEqualTo(taken.getLocalPort());
      assertThat(values().number("storage")).contains((long) other);
    }
  }

  @Test
  void aSpoiledMemoryIsIgnored() {
    RememberedValues values = values();
    values.put("storage", "many");
    assertThat(new Ports(values, new Random(1)).chosen("storage")).isBetween(20_000, 32_000);
  }

  @Test
  void whatIsChosenForOneFolderIsNotChosenForAnother() {
    RememberedValues nodes = new RememberedValues(folder.resolve("nodes.properties"));

    int first = new Ports(values(), new Random(23)).chosen("a");

    assertThat(new Ports(nodes, new Random(23)).chosen("a")).isNotEqualTo(first);
  }

  @Test
  void onePortIsNeverGivenTwice() {
    Ports ports = ports(1);
    int first = ports.chosen("a");
    assertThatThrownBy(() -> ports.configured("b", first))
        .isInstanceOf(EmbeddedStackException.class);
    values().put("c", Integer.toString(first));
    assertThat(ports.chosen("c")).isNotEqualTo(first);
  }

  private Ports ports(long seed) {
    return new Ports(values(), new Random(seed));
  }

  private RememberedValues values() {
    return new RememberedValues(folder.resolve("stack.properties"));
  }

  private static ServerSocket listener() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
  }
}
