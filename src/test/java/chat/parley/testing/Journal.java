package chat.parley.testing;

import chat.parley.client.Change;
import chat.parley.client.Observer;
import chat.parley.client.Presence;
import chat.parley.client.Source;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Writes down what a device received and showed. */
public final class Journal implements Observer {
  private final List<Change> shown = new CopyOnWriteArrayList<>();
  private final List<Source> sources = new CopyOnWriteArrayList<>();
  private final List<String> resets = new CopyOnWriteArrayList<>();
  private final Map<String, String> presence = new ConcurrentHashMap<>();
  private final CountDownLatch gone = new CountDownLatch(1);
  private volatile int closeCode;

  @Override
  public void delivered(Change change, Source source) {
    sources.add(source);
    shown.add(change);
  }

  @Override
  public void reset(String conversationId, long headChangeSeq) {
    resets.add(conversationId + "@" + headChangeSeq);
  }

  @Override
  public void presence(Presence told) {
    presence.put(told.userId(), told.status());
  }

  @Override
  public void disconnected(int connection, int code) {
    closeCode = code;
    gone.countDown();
  }

  /** What the device showed, in the order in which it did. */
  public List<Change> shown() {
    return List.copyOf(shown);
  }

  /** The texts of the messages among it. */
  public List<String> texts() {
    return shown.stream().filter(Change::isMessage).map(change -> change.message().text()).toList();
  }

  /** How each of them came. */
  public List<Source> sources() {
    return List.copyOf(sources);
  }

  /** The conversations that were reset, with the heads that were named. */
  public List<String> resets() {
    return List.copyOf(resets);
  }

  /** What the device was told last of a user that it watches; null where it was told nothing. */
  public String presenceOf(String userId) {
    return presence.get(userId);
  }

  /** Waits for the first loss of the connection; its close code. */
  public int closeCode() throws InterruptedException {
    if (!gone.await(Await.PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("the device was not disconnected");
    }
    return closeCode;
  }
}
