package chat.parley.devcluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FaultProxyTest {
  private static final int QUICK_MS = 5_000;
  private static final int NOTHING_MS = 150;

  private final StringBuilder heard = new StringBuilder();
  private final List<Socket> sockets = new ArrayList<>();
  private ServerSocket echo;
  private FaultProxy proxy;
  private String nextClient = "";

  @BeforeEach
  void anEchoBehindAProxy() throws IOException {
    echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    FaultProxy.daemon("echo", this::accept);
    proxy = FaultProxy.listen(0, echo::getLocalPort, port -> nextClient);
  }

  @AfterEach
  void close() throws IOException {
    proxy.close();
    echo.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Test
  void whatPassesIsWholeAndEndsWhenItsSenderEnds() throws IOException {
    Socket client = client();
    byte[] much = "parley!\n".repeat(200_000).getBytes(StandardCharsets.UTF_8);
    FaultProxy.daemon("sender", () -> quietly(() -> sendAndEnd(client, much)));
    assertThat(client.getInputStream().readAllBytes()).isEqualTo(much);
    await().until(() -> proxy.connections() == 0);
  }

  @Test
  void lateBytesDoNotMakeTheNextOnesLaterStill() throws IOException {
    Socket client = client();
    proxy.set(Fault.late(Duration.ofMillis(200)));
    long begun = System.nanoTime();
    for (int i = 0; i < 10; i++) {
      say(client, "x");
      sleep(20); // so that each is a piece of its own
    }
    assertThat(read(client, 10)).isEqualTo("xxxxxxxxxx");
    assertThat((System.nanoTime() - begun) / 1_000_000).isBetween(580L, 1_500L);
  }

  @Test
  void whatABlackHoleTookComesOutWhenItIsOver() throws IOException {
    Socket client = client();
    assertThat(answer(client, "before")).isEqualTo("before");
    proxy.set(Fault.BLACK_HOLE);
    say(client, "during");
    Socket late = client();
    say(late, "late");
    assertSilent(client);
    assertSilent(late);
    proxy.heal();
    assertThat(read(client, 6)).isEqualTo("during");
    assertThat(read(late, 4)).isEqualTo("late");
    assertThat(answer(client, "after")).isEqualTo("after");
  }

  @Test
  void itTellsWhetherAFaultMetAnything() throws IOException {
    Socket client = client();
    assertThat(answer(client, "before")).isEqualTo("before");
    assertThat(proxy.touched()).isZero();
    proxy.set(Fault.deaf());
    assertThat(proxy.touched()).isZero();
    say(client, "during");
    await().until(() -> proxy.touched() == 1);
    proxy.set(Fault.CUT);
    assertThat(proxy.touched()).isGreaterThan(1);
  }

  @Test
  void oneWayCanBeHeldAlone() throws IOException {
    Socket client = client();
    proxy.set(Fault.mute());
    say(client, "heard");
    awaitHeard("heard");
    assertSilent(client);
    proxy.set(Fault.deaf());
    assertThat(read(client, 5)).isEqualTo("heard");
    say(client, "unheard");
    assertSilent(client);
    assertThat(heard()).isEqualTo("heard");
  }

  @Test
  void swallowedAnswersAreGoneAndSoIsTheirConnectionAfterwards() throws IOException {
    Socket client = client();
    Socket idle = client();
    assertThat(answer(idle, "idle")).isEqualTo("idle");
    proxy.set(Fault.SWALLOW_RESPONSES);
    say(client, "request");
    awaitHeard("request");
    assertSilent(client);
    proxy.heal();
    assertReset(client);
    assertThat(answer(idle, "idle")).isEqualTo("idle");
    assertThat(answer(client(), "new")).isEqualTo("new");
  }

  @Test
  void aCutResetsWhatIsThereAndWhatComes() throws IOException {
    Socket client = client();
    assertThat(answer(client, "x")).isEqualTo("x");
    proxy.set(Fault.CUT);
    assertReset(client);
    assertReset(client());
    await().until(() -> proxy.connections() == 0);
    proxy.heal();
    assertThat(answer(client(), "x")).isEqualTo("x");
  }

  @Test
  void aFaultMayMeetOneClientAlone() throws IOException {
    nextClient = "n1";
    Socket first = client();
    assertThat(answer(first, "x")).isEqualTo("x");
    nextClient = "n2";
    Socket second = client();
    assertThat(answer(second, "x")).isEqualTo("x");
    proxy.set("n1", Fault.CUT);
    assertReset(first);
    assertThat(answer(second, "y")).isEqualTo("y");
  }

  @Test
  void whereNobodyListensClientsAreReset() throws IOException {
    echo.close();
    await("whoever is still in accept() has left it").until(this::isNobodyThere);
    assertReset(client());
  }

  private boolean isNobodyThere() throws IOException {
    try {
      new Socket(InetAddress.getByName("127.0.0.1"), echo.getLocalPort()).close();
      return false;
    } catch (ConnectException refused) {
      return true;
    }
  }

  @Test
  void aConnectionIsNotCutOneWay() {
    assertThatThrownBy(() -> new Fault(Fault.Flow.CUT, Fault.Flow.PASS))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aConnectionsHolderIsFoundByItsPort() throws IOException {
    Socket client = client();
    long self = ProcessHandle.current().pid();
    assertThat(Peers.holderOf(client.getLocalPort(), Map.of(self, "me"))).contains("me");
    assertThat(Peers.holderOf(client.getLocalPort(), Map.of(1L, "init"))).isEmpty();
  }

  private Socket client() throws IOException {
    Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), proxy.port());
    socket.setTcpNoDelay(true);
    sockets.add(socket);
    return socket;
  }

  private String answer(Socket client, String text) throws IOException {
    say(client, text);
    return read(client, text.length());
  }

  private static void say(Socket client, String text) throws IOException {
    client.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String read(Socket client, int bytes) throws IOException {
    client.setSoTimeout(QUICK_MS);
    return new String(client.getInputStream().readNBytes(bytes), StandardCharsets.UTF_8);
  }

  private static void assertSilent(Socket client) throws IOException {
    client.setSoTimeout(NOTHING_MS);
    assertThatThrownBy(() -> client.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
  }

  private static void assertReset(Socket client) throws IOException {
    client.setSoTimeout(QUICK_MS);
    assertThatThrownBy(
            () -> {
              say(client, "x");
              client.getInputStream().read();
            })
        .isInstanceOf(SocketException.class)
        .isNotInstanceOf(SocketTimeoutException.class);
  }

  private void awaitHeard(String text) {
    await().until(() -> heard().endsWith(text));
  }

  private String heard() {
    synchronized (heard) {
      return heard.toString();
    }
  }

  private void accept() {
    quietly(
        () -> {
          while (true) {
            Socket socket = echo.accept();
            FaultProxy.daemon("echo-one", () -> quietly(() -> echo(socket)));
          }
        });
  }

  private void echo(Socket socket) throws IOException {
    byte[] buffer = new byte[8_192];
    int read = socket.getInputStream().read(buffer);
    while (read >= 0) {
      synchronized (heard) {
        heard.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
      }
      socket.getOutputStream().write(buffer, 0, read);
      read = socket.getInputStream().read(buffer);
    }
    socket.close();
  }

  private static void sendAndEnd(Socket client, byte[] bytes) throws IOException {
    client.getOutputStream().write(bytes);
    client.shutdownOutput();
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  /** The other side may go at any time. */
  private static void quietly(Work work) {
    try {
      work.run();
    } catch (IOException e) {
      return;
    }
  }
}
