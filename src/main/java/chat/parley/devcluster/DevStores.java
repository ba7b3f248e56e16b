package chat.parley.devcluster;

import chat.parley.embedded.ChildExit;
import chat.parley.embedded.EmbeddedStack;
import chat.parley.embedded.Progress;
import chat.parley.embedded.Store;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The stores of a cluster, to be killed, paused, stopped and started again, each on its own port
 * and data. Calls block.
 */
public final class DevStores {
  private final EmbeddedStack stack;
  private final Progress progress;
  private final Map<Store, Signals> paused = new EnumMap<>(Store.class);

  DevStores(EmbeddedStack stack, Progress progress) {
    this.stack = stack;
    this.progress = progress;
  }

  /** The running stack beneath, for its addresses. */
  public EmbeddedStack stack() {
    return stack;
  }

  /** SIGKILL; returns when it is gone. */
  public void kill9(Store store) {
    stack.kill(store);
    letGo(store);
  }

  /** A clean stop, by force after 20 s. */
  public void stop(Store store) {
    resume(store);
    stack.stop(store);
  }

  /** Starts one that has ended; returns when it accepts connections, in some 3 to 15 s. */
  public void start(Store store) {
    start(store, Map.of());
  }

  /** The same with more variables in its environment, for this run only. */
  public void start(Store store, Map<String, String> moreEnvironment) {
    stack.restart(store, moreEnvironment, progress);
  }

  /** Freezes it (SIGSTOP), until {@link #resume} or this process's end. */
  public synchronized void pause(Store store) {
    paused.computeIfAbsent(store, some -> new Signals(pid(store))).pause();
  }

  /** Lets a frozen one go on. */
  public void resume(Store store) {
    letGo(store);
  }

  private synchronized void letGo(Store store) {
    Signals signals = paused.remove(store);
    if (signals != null) {
      signals.resume();
    }
  }

  /** Those that this cluster started. */
  public List<Store> own() {
    return Stream.of(Store.values())
        .filter(store -> stack.pids().containsKey(store.storeName()))
        .toList();
  }

  /** Whether its process is there, frozen or not. */
  public boolean isAlive(Store store) {
    return ProcessHandle.of(pid(store)).filter(ProcessHandle::isAlive).isPresent();
  }

  /** Whether its process is frozen. */
  public boolean isPaused(Store store) {
    return isAlive(store) && new Signals(pid(store)).isPaused();
  }

  /** Its process id, the last one where it has ended. */
  public long pid(Store store) {
    return stack.pids().get(store.storeName());
  }

  /** Calls back when a store ends that was not told to. */
  public void onUnexpectedExit(Consumer<ChildExit> callback) {
    stack.onUnexpectedExit(callback);
  }

  void close() {
    own().forEach(this::resume);
    stack.close();
  }
}
