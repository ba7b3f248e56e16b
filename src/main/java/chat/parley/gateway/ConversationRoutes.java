package chat.parley.gateway;

import chat.parley.audit.Audit;
import chat.parley.audit.AuditAction;
import chat.parley.audit.AuditEvent;
import chat.parley.auth.Accounts;
import chat.parley.auth.Profile;
import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.IngestMessages;
import chat.parley.bus.IngestMessages.ChangeAccepted;
import chat.parley.bus.IngestMessages.ConversationCreated;
import chat.parley.bus.IngestMessages.CreateConversation;
import chat.parley.bus.IngestMessages.UpdateConversation;
import chat.parley.bus.QueryMessages.ChannelsPage;
import chat.parley.bus.QueryMessages.ChannelsQuery;
import chat.parley.bus.QueryMessages.ConversationQuery;
import chat.parley.bus.QueryMessages.ConversationView;
import chat.parley.bus.QueryMessages.InboxPage;
import chat.parley.bus.QueryMessages.InboxQuery;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationPatch;
import chat.parley.model.ConversationType;
import chat.parley.model.UserId;
import chat.parley.registry.ShardRouter;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Conversations and the inbox. */
final class ConversationRoutes {
  private static final int USUAL_PAGE = 50;
  private static final int MAX_PAGE = 100;
  private static final int USUAL_HITS = 20;

  private final Accounts accounts;
  private final Audit audit;
  private final ShardRouter shards;
  private final Bus bus;

  ConversationRoutes(EdgeServices services) {
    this.accounts = services.accounts();
    this.audit = services.security().audit();
    this.shards = services.shards();
    this.bus = services.bus();
  }

  void install(RestRoutes routes) {
    routes.signedIn(HttpMethod.POST, "/v1/conversations", this::create);
    routes.signedIn(HttpMethod.GET, "/v1/conversations", this::list);
    routes.signedIn(HttpMethod.GET, "/v1/conversations/:conversationId", this::find);
    routes.signedIn(HttpMethod.PATCH, "/v1/conversations/:conversationId", this::update);
  }

  private Future<RestAnswer> create(RestRequest request) {
    UserId creator = request.self();
    NewConversation wanted = NewConversation.of(request.json(), creator);
    return accounts
        .findAll(wanted.members())
        .compose(
            profiles ->
                shards.command(command(wanted, creator, profiles), ConversationCreated.class))
        .compose(
            made ->
                view(creator, made.conversationId())
                    .map(
                        json ->
                            isNew(wanted, made) ? RestAnswer.created(json) : RestAnswer.ok(json)));
  }

  /** Only a dm can have been there. Of any other it was this call, which was made twice. */
  private static boolean isNew(NewConversation wanted, ConversationCreated made) {
    return made.created() || wanted.type() != ConversationType.DM;
  }

  private static CreateConversation command(
      NewConversation wanted, UserId creator, Map<UserId, Profile> profiles) {
    List<IngestMessages.Profile> members = new ArrayList<>();
    for (UserId user : wanted.members()) {
      Profile profile = profiles.get(user);
      if (profile == null) {
        throw JsonInput.refused("memberIds names an unknown user: " + user);
      }
      members.add(new IngestMessages.Profile(user, profile.handle(), profile.displayName()));
    }
    return new CreateConversation(
        wanted.conversationId(),
        wanted.type(),
        creator,
        wanted.title(),
        wanted.ackMode(),
        members,
        wanted.settings());
  }

  private Future<RestAnswer> find(RestRequest request) {
    return view(request.self(), request.conversationId()).map(RestAnswer::ok);
  }

  private Future<RestAnswer> update(RestRequest request) {
    ConversationId id = request.conversationId();
    ConversationPatch patch = PatchInput.of(request.json());
    return shards
        .command(
            new UpdateConversation(id, request.self(), patch),
            ChangeAccepted.class,
            request::isAwaited)
        .compose(changed -> recorded(request.self(), id, patch, changed))
        .compose(changed -> view(request.self(), id))
        .map(RestAnswer::ok);
  }

  /** What was set; of what members read and write to each other only that it was. */
  private Future<ChangeAccepted> recorded(
      UserId actor, ConversationId id, ConversationPatch patch, ChangeAccepted accepted) {
    if (!accepted.changed()) {
      return Future.succeededFuture(accepted);
    }
    AuditEvent event =
        AuditEvent.of(AuditAction.CONVERSATION_SETTINGS, actor.value())
            .with("conversation", id.value())
            .with("changeSeq", String.valueOf(accepted.changeSeq()));
    Map<String, Object> rules = new LinkedHashMap<>();
    rules.put("title", patch.title() == null ? null : "changed");
    rules.put("topic", patch.topic() == null ? null : "changed");
    rules.put("avatarColor", patch.avatarColor());
    rules.put("history", patch.history() == null ? null : patch.history().wireName());
    rules.put("slowModeSeconds", patch.slowModeSeconds());
    rules.put("memberLimit", patch.memberLimit());
    for (Map.Entry<String, Object> rule : rules.entrySet()) {
      if (rule.getValue() != null) {
        event = event.with(rule.getKey(), rule.getValue().toString());
      }
    }
    return audit.record(event).otherwiseEmpty().map(accepted);
  }

  private Future<JsonObject> view(UserId user, ConversationId conversation) {
    return bus.request(
            Addresses.QUERIES, new ConversationQuery(user, conversation), ConversationView.class)
        .compose(
            view ->
                accounts
                    .findAll(people(view))
                    .map(profiles -> WireJson.conversation(view, profiles)));
  }

  /** One's own conversations; with a type the open ones of it, whoever is in them. */
  private Future<RestAnswer> list(RestRequest request) {
    Optional<String> type = request.query("type");
    if (type.isEmpty()) {
      return inbox(request);
    }
    if (!type.get().equals(ConversationType.CHANNEL.wireName())) {
      throw JsonInput.refused("type must be channel: only these are open to all");
    }
    return channels(request);
  }

  private Future<RestAnswer> channels(RestRequest request) {
    String words = request.query("query").orElse(null);
    if (words != null && words.length() > PatchInput.MAX_TITLE) {
      throw JsonInput.refused("query must be at most " + PatchInput.MAX_TITLE + " characters");
    }
    ChannelsQuery query =
        new ChannelsQuery(
            request.self(),
            words,
            request.query("cursor").orElse(null),
            request.limit(USUAL_HITS, USUAL_PAGE));
    return bus.request(Addresses.QUERIES, query, ChannelsPage.class)
        .map(
            page -> {
              JsonArray items = new JsonArray();
              page.items()
                  .forEach(
                      view ->
                          items.add(
                              new JsonObject()
                                  .put("conversation", WireJson.conversation(view, Map.of()))));
              return RestAnswer.ok(
                  new JsonObject().put("items", items).put("nextCursor", page.nextCursor()));
            });
  }

  private Future<RestAnswer> inbox(RestRequest request) {
    InboxQuery query =
        new InboxQuery(
            request.self(),
            request.query("cursor").orElse(null),
            request.limit(USUAL_PAGE, MAX_PAGE));
    return bus.request(Addresses.QUERIES, query, InboxPage.class)
        .compose(
            page ->
                accounts
                    .findAll(
                        page.items().stream()
                            .flatMap(item -> people(item.conversation()).stream())
                            .toList())
                    .map(profiles -> RestAnswer.ok(json(page, profiles))));
  }

  private static JsonObject json(InboxPage page, Map<UserId, Profile> profiles) {
    JsonArray items = new JsonArray();
    page.items().forEach(item -> items.add(WireJson.inboxItem(item, profiles)));
    return new JsonObject().put("items", items).put("nextCursor", page.nextCursor());
  }

  /** Whose names a client needs to show the conversation. */
  private static List<UserId> people(ConversationView view) {
    return view.dmMembers() == null ? List.of() : view.dmMembers();
  }
}
