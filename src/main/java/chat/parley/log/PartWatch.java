package chat.parley.log;

import io.vertx.core.Vertx;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Tells a node that holds no shards whether it is cut off: in the part of a split cluster with the
 * fewer living owners. It judges by the owners' beats in the store as {@link ShardKeeper} does, so
 * all nodes of a part come to the same end. While the store does not answer it says nothing new.
 */
public final class PartWatch {
  private final Vertx vertx;
  private final ShardEpochs epochs;
  private final long beatMs;
  private final Supplier<Set<String>> holders;
  private final Consumer<Boolean> cutOff;
  private final PeerBeats beats;

  PartWatch(
      Vertx vertx,
      ShardEpochs epochs,
      LogSettings settings,
      Supplier<Set<String>> holders,
      Consumer<Boolean> cutOff) {
    this.vertx = vertx;
    this.epochs = epochs;
    this.beatMs = settings.beatMs();
    this.holders = holders;
    this.cutOff = cutOff;
    this.beats = new PeerBeats(beatMs);
  }

  /** Looks now, and then once a beat for as long as this Vert.x instance lives. */
  public void start() {
    epochs
        .beats()
        .onSuccess(
            seen -> {
              long nowMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
              Set<String> members = holders.get();
              beats.look(seen, members, nowMs);
              cutOff.accept(beats.isMinority(members, nowMs));
            })
        .onComplete(looked -> vertx.setTimer(beatMs, due -> start()));
  }
}
