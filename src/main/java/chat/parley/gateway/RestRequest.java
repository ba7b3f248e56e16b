package chat.parley.gateway;

import chat.parley.auth.Principal;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.model.ConversationId;
import chat.parley.model.Ids;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** One REST call as the handlers see it. What is missing or malformed fails by name. */
final class RestRequest {
  private final RoutingContext context;
  private final Principal principal;
  private final Caller caller;

  /** {@code principal} is null for calls that need no token. */
  RestRequest(RoutingContext context, Principal principal, Caller caller) {
    this.context = context;
    this.principal = principal;
    this.caller = caller;
  }

  Principal principal() {
    return principal;
  }

  /** Where the call comes from. */
  Caller caller() {
    return caller;
  }

  /** The user who calls. */
  UserId self() {
    return principal.userId();
  }

  /** The address that the call came from: the client's, or that of a proxy before this server. */
  String remoteHost() {
    SocketAddress remote = context.request().remoteAddress();
    return remote == null || remote.hostAddress() == null ? "unknown" : remote.hostAddress();
  }

  Vertx vertx() {
    return context.vertx();
  }

  /** Whether the caller still waits for the answer: they have not hung up, so far as is known. */
  boolean isAwaited() {
    return !context.response().closed();
  }

  /** Asks for the caller unless they are gone: nobody would read the answer. */
  <T> Future<T> ifAwaited(Supplier<Future<T>> question) {
    return isAwaited()
        ? question.get()
        : Future.failedFuture(
            new FailureException(Failure.UNAVAILABLE, "nobody waits for the answer"));
  }

  /** Calls back where the caller is gone before its answer. */
  void onGone(Runnable gone) {
    context.response().closeHandler(closed -> gone.run());
  }

  JsonInput json() {
    MediaTypes.checkContent(context.request());
    return JsonInput.parse(context.body().buffer());
  }

  boolean hasBody() {
    return context.body().length() > 0;
  }

  ConversationId conversationId() {
    return new ConversationId(pathId("conversationId"));
  }

  UserId userId() {
    String id = pathId("userId");
    return id.equals("me") ? self() : new UserId(id);
  }

  /** Part of the path; what cannot be an id is not found, like an id that nobody has. */
  String pathId(String name) {
    String value = context.pathParam(name);
    if (!Ids.isValid(value)) {
      throw new FailureException(Failure.NOT_FOUND, "there is nothing at this path");
    }
    return value;
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(context.request().getHeader(name));
  }

  /** A parameter of the query; given twice it is refused rather than guessed. */
  Optional<String> query(String name) {
    List<String> values = context.queryParam(name);
    if (values.size() > 1) {
      throw JsonInput.refused(name + " is given more than once");
    }
    return values.isEmpty() || values.get(0).isEmpty()
        ? Optional.empty()
        : Optional.of(values.get(0));
  }

  /** A whole number from 0 up. */
  Optional<Long> count(String name) {
    return query(name).map(text -> number(name, text));
  }

  /** {@code limit}: at least 1, and at most {@code max} whatever is asked. */
  int limit(int usual, int max) {
    Optional<Long> asked = count("limit");
    if (asked.isPresent() && asked.get() == 0) {
      throw JsonInput.refused("limit must be at least 1");
    }
    return (int) Math.min(max, asked.orElse((long) usual));
  }

  private static long number(String name, String text) {
    try {
      long number = Long.parseLong(text);
      if (number >= 0 && text.charAt(0) != '+') {
        return number;
      }
    } catch (NumberFormatException e) {
      throw JsonInput.refused(name + " must be a whole number from 0 up");
    }
    throw JsonInput.refused(name + " must be a whole number from 0 up");
  }
}
