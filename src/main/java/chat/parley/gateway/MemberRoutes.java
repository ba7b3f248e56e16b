package chat.parley.gateway;

import chat.parley.audit.Audit;
import chat.parley.audit.AuditAction;
import chat.parley.audit.AuditEvent;
import chat.parley.auth.Accounts;
import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages;
import chat.parley.bus.IngestMessages.ChangeAccepted;
import chat.parley.bus.IngestMessages.ChangeMember;
import chat.parley.bus.IngestMessages.MemberAction;
import chat.parley.bus.QueryMessages.MemberView;
import chat.parley.bus.QueryMessages.MembersPage;
import chat.parley.bus.QueryMessages.MembersQuery;
import chat.parley.model.Ids;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import chat.parley.registry.ShardRouter;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** Who is in a conversation. */
final class MemberRoutes {
  private static final String MEMBERS = "/v1/conversations/:conversationId/members";
  private static final int USUAL_PAGE = 100;
  private static final int MAX_PAGE = 500;

  /** How many heirs in a row may have left just then. */
  private static final int HEIRS = 3;

  private final Accounts accounts;
  private final Audit audit;
  private final ShardRouter shards;
  private final Bus bus;
  private final Heirs heirs;

  MemberRoutes(EdgeServices services) {
    this.accounts = services.accounts();
    this.audit = services.security().audit();
    this.shards = services.shards();
    this.bus = services.bus();
    this.heirs = new Heirs(bus);
  }

  void install(RestRoutes routes) {
    routes.signedIn(HttpMethod.GET, MEMBERS, this::list);
    routes.signedIn(HttpMethod.PUT, MEMBERS + "/:userId", this::put);
    routes.signedIn(HttpMethod.DELETE, MEMBERS + "/:userId", this::delete);
  }

  private Future<RestAnswer> list(RestRequest request) {
    MembersQuery query =
        new MembersQuery(
            request.self(),
            request.conversationId(),
            cursor(request),
            request.limit(USUAL_PAGE, MAX_PAGE));
    return bus.request(Addresses.QUERIES, query, MembersPage.class).compose(this::withNames);
  }

  private static String cursor(RestRequest request) {
    String cursor = request.query("cursor").orElse(null);
    if (cursor != null && !Ids.isValid(cursor)) {
      throw JsonInput.refused("cursor is none of this list's");
    }
    return cursor;
  }

  private Future<RestAnswer> withNames(MembersPage page) {
    return accounts
        .findAll(page.items().stream().map(MemberView::userId).toList())
        .map(
            profiles -> {
              JsonArray items = new JsonArray();
              page.items().forEach(member -> items.add(WireJson.member(member, profiles)));
              return RestAnswer.ok(
                  new JsonObject().put("items", items).put("nextCursor", page.nextCursor()));
            });
  }

  /**
   * A join that finds the member there changes nothing; only then, and only where a role is asked
   * for, it is a change of role. So a PUT without a role never demotes anybody.
   */
  private Future<RestAnswer> put(RestRequest request) {
    Optional<Role> role =
        request.hasBody()
            ? request.json().choice("role", List.of(Role.values()), Role::wireName)
            : Optional.empty();
    return change(request, request.userId(), MemberAction.JOIN, role.orElse(Role.MEMBER))
        .compose(
            joined ->
                joined.changed() || role.isEmpty()
                    ? Future.succeededFuture(joined)
                    : change(request, request.userId(), MemberAction.CHANGE_ROLE, role.get()))
        .map(
            accepted ->
                RestAnswer.ok(
                    new JsonObject()
                        .put("conversationId", request.conversationId().value())
                        .put("userId", request.userId().value())
                        .put("changeSeq", accepted.changeSeq())
                        .put("seq", accepted.seq())
                        .put("changed", accepted.changed())));
  }

  private Future<RestAnswer> delete(RestRequest request) {
    return leave(request)
        .recover(
            refusal ->
                isLastOwner(request, refusal)
                    ? bequeath(request).compose(done -> leave(request))
                    : Future.failedFuture(refusal))
        .map(left -> RestAnswer.done());
  }

  private Future<ChangeAccepted> leave(RestRequest request) {
    return change(request, request.userId(), MemberAction.LEAVE, null);
  }

  /** Anybody may leave; a conversation with people in it keeps an owner. */
  private static boolean isLastOwner(RestRequest request, Throwable refusal) {
    return request.userId().equals(request.self())
        && FailureException.isAnyOf(refusal, Failure.CONFLICT);
  }

  private Future<ChangeAccepted> bequeath(RestRequest request) {
    return bequeath(request, HEIRS);
  }

  /** Once more where the heir has left meanwhile, so many times in all. */
  private Future<ChangeAccepted> bequeath(RestRequest request, int tries) {
    return heirs
        .of(request.self(), request.conversationId())
        .compose(heir -> change(request, heir, MemberAction.CHANGE_ROLE, Role.OWNER))
        .recover(
            refusal ->
                tries > 1 && FailureException.isAnyOf(refusal, Failure.NOT_FOUND)
                    ? bequeath(request, tries - 1)
                    : Future.failedFuture(refusal));
  }

  /** What somebody did with another's place, or with their own role; not who comes and goes. */
  private Future<ChangeAccepted> recorded(
      RestRequest request, UserId user, MemberAction action, Role role, ChangeAccepted accepted) {
    boolean own = user.equals(request.self()) && action != MemberAction.CHANGE_ROLE;
    if (!accepted.changed() || own) {
      return Future.succeededFuture(accepted);
    }
    AuditEvent event =
        AuditEvent.of(audited(action), request.self().value())
            .with("conversation", request.conversationId().value())
            .with("user", user.value())
            .with("changeSeq", String.valueOf(accepted.changeSeq()));
    return audit
        .record(role == null ? event : event.with("role", role.wireName()))
        .otherwiseEmpty()
        .map(accepted);
  }

  private static AuditAction audited(MemberAction action) {
    return switch (action) {
      case JOIN -> AuditAction.MEMBER_ADDED;
      case LEAVE -> AuditAction.MEMBER_REMOVED;
      case CHANGE_ROLE -> AuditAction.MEMBER_ROLE;
    };
  }

  private Future<ChangeAccepted> change(
      RestRequest request, UserId user, MemberAction action, Role role) {
    return accounts
        .find(user)
        .compose(
            found ->
                found.isEmpty()
                    ? Future.failedFuture(new FailureException(Failure.NOT_FOUND, "no such user"))
                    : shards.command(
                        new ChangeMember(
                            request.conversationId(),
                            request.self(),
                            new IngestMessages.Profile(
                                found.get().userId(),
                                found.get().handle(),
                                found.get().displayName()),
                            action,
                            role),
                        ChangeAccepted.class,
                        request::isAwaited))
        .compose(accepted -> recorded(request, user, action, role, accepted));
  }
}
