package chat.parley.registry;

import chat.parley.bus.FailureException;
import chat.parley.model.PresenceStatus;
import chat.parley.model.PresenceVisibility;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who is there, and which gateways want to know it: soft state of the cluster that ends by itself
 * when nobody says it again ({@link PresenceSettings#goneMs}). Both meet in one entry a user, so
 * that whoever says something learns in the same step whom to tell, and whoever begins to watch
 * misses nothing in between. All of it fails with {@link FailureException} only.
 */
public interface Presences {
  /**
   * What this node said of a user was news.
   *
   * @param gateways that watch the user
   * @param gone no node has a device of the user's any more
   */
  record News(UserId userId, Set<String> gateways, boolean gone) {}

  /**
   * Says what this node's devices of these users come to, the same for all; {@code OFFLINE} says
   * that there are none. What was said must be said again with every beat, else it ends.
   *
   * @return those of whom that changed something
   */
  Future<List<News>> say(Collection<UserId> users, PresenceStatus status);

  /**
   * This node watches these users from now on until it does not say so again with the next beats.
   *
   * @return what is known of each; of what comes later this node is told
   */
  Future<Map<UserId, PresenceState>> watch(Collection<UserId> users);

  /** What is known of each of these users. */
  Future<Map<UserId, PresenceState>> look(Collection<UserId> users);

  /**
   * What the store has of a user that somebody watches, for all others who will; what is known
   * already stays.
   */
  Future<Void> learn(UserId user, PresenceVisibility visibleTo, long lastSeenAt);

  /**
   * The user lets these see it from now on, whatever was known of that.
   *
   * @param lastSeenAt what the store has
   * @return the gateways that watch the user
   */
  Future<Set<String>> show(UserId user, PresenceVisibility visibleTo, long lastSeenAt);

  /**
   * Takes away what nodes said that have left the cluster.
   *
   * @return who is nowhere else, with the time of the last beat
   */
  Future<Map<UserId, Long>> sweep(Collection<String> nodes);
}
