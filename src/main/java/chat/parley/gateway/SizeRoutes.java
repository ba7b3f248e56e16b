package chat.parley.gateway;

import chat.parley.auth.Admins;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages.Head;
import chat.parley.model.ConversationId;
import chat.parley.registry.ShardRouter;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.Set;

/** Which way a conversation's changes go, for admins: nothing of what is said in it. */
final class SizeRoutes {
  private final Admins admins;
  private final ShardRouter shards;

  SizeRoutes(EdgeServices services) {
    this.admins = new Admins(services.authSettings(), services.accounts());
    this.shards = services.shards();
  }

  void install(RestRoutes routes) {
    routes.signedIn(HttpMethod.GET, "/v1/admin/conversations/:conversationId", this::show);
  }

  private Future<RestAnswer> show(RestRequest request) {
    return admins
        .require(request.self())
        .compose(
            admin -> {
              ConversationId id = request.conversationId();
              return shards.sizedHeads(Set.of(id)).map(heads -> RestAnswer.ok(json(heads.get(id))));
            });
  }

  /**
   * An owner knows a conversation by its changes: without one it cannot tell it from a made-up id.
   */
  private static JsonObject json(Head head) {
    if (head.changeSeq() == 0) {
      throw new FailureException(Failure.NOT_FOUND, "no conversation with a change");
    }
    return new JsonObject()
        .put("conversationId", head.conversationId().value())
        .put("mode", head.large() ? "large" : "small")
        .put("headChangeSeq", head.changeSeq())
        .put("headSeq", head.seq());
  }
}
