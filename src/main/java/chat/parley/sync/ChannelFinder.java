package chat.parley.sync;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.QueryMessages.ChannelsPage;
import chat.parley.bus.QueryMessages.ChannelsQuery;
import chat.parley.bus.QueryMessages.ConversationQuery;
import chat.parley.bus.QueryMessages.ConversationView;
import chat.parley.conversation.ChannelNames;
import chat.parley.conversation.ChannelNames.Hit;
import chat.parley.model.ConversationId;
import chat.parley.model.Ids;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Finds open channels to join, by the words of their titles. */
final class ChannelFinder {
  private static final int MAX_PAGE = 50;

  /** No name holds it. */
  private static final char SEPARATOR = '\n';

  private final ChannelNames names;
  private final ConversationReader details;

  ChannelFinder(ChannelNames names, ConversationReader details) {
    this.names = names;
    this.details = details;
  }

  Future<ChannelsPage> find(ChannelsQuery query) {
    int limit = query.limit() <= 0 ? MAX_PAGE : Math.min(query.limit(), MAX_PAGE);
    String words = query.words() == null ? "" : query.words();
    Hit after = query.cursor() == null ? null : hit(query.cursor());
    return page(new Search(query.userId(), words, limit), after, new ArrayList<>());
  }

  private record Search(UserId user, String words, int limit) {}

  /** Reads on past names that no channel bears any more, until the page is full. */
  private Future<ChannelsPage> page(Search search, Hit after, List<ConversationView> found) {
    int wanted = search.limit() - found.size();
    return names
        .find(search.words(), after, wanted)
        .compose(
            hits ->
                Future.all(hits.stream().map(hit -> view(search.user(), hit)).toList())
                    .compose(
                        views -> {
                          for (int i = 0; i < hits.size(); i++) {
                            ConversationView view = views.resultAt(i);
                            if (isToBeShown(search, hits.get(i), view)) {
                              found.add(view);
                            }
                          }
                          if (hits.size() < wanted) {
                            return Future.succeededFuture(new ChannelsPage(found, null));
                          }
                          Hit last = hits.get(hits.size() - 1);
                          return found.size() < search.limit()
                              ? page(search, last, found)
                              : Future.succeededFuture(new ChannelsPage(found, cursor(last)));
                        }));
  }

  private Future<ConversationView> view(UserId user, Hit hit) {
    return details.conversation(new ConversationQuery(user, hit.conversationId()));
  }

  /** An empty channel is one whose making did not come to its end, or that everybody has left. */
  private static boolean isToBeShown(Search search, Hit hit, ConversationView view) {
    return view.memberCount() > 0 && hit.isFor(search.words(), view.title());
  }

  private static String cursor(Hit hit) {
    String place = hit.name() + SEPARATOR + hit.conversationId();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(place.getBytes(StandardCharsets.UTF_8));
  }

  private static Hit hit(String cursor) {
    try {
      String place = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
      int separator = place.indexOf(SEPARATOR);
      String id = place.substring(separator + 1);
      if (separator >= 0 && Ids.isValid(id)) {
        return new Hit(new ConversationId(id), place.substring(0, separator));
      }
    } catch (IllegalArgumentException noBase64) {
      throw notOurs();
    }
    throw notOurs();
  }

  private static FailureException notOurs() {
    return new FailureException(Failure.BAD_REQUEST, "cursor is none of this list's");
  }
}
