package chat.parley.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.client.ParleyApi;
import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.Documented;
import chat.parley.testing.Forgery;
import chat.parley.testing.ParleyServer;
import chat.parley.testing.RawSocket;
import chat.parley.testing.SharedServer;
import chat.parley.testing.TestProvider;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is known to be tried with tokens (RFC 8725), on every way in; none of it opens anything. */
class ForgedTokensIT {
  private static final ParleyServer SERVER = SharedServer.get();
  private static final Map<String, String> BAD = new LinkedHashMap<>();

  private static Crowd crowd;
  private static Crowd.Somebody ada;

  @BeforeAll
  static void forge() throws Exception {
    crowd = new Crowd(SERVER);
    ada = crowd.somebody("ada");
    String token = ada.session().accessToken();
    Forgery forgery = new Forgery(token);
    long now = Instant.now().getEpochSecond();
    BAD.put("alg none", forgery.unsigned());
    BAD.put("alg none, signed", forgery.unsignedByHeader());
    BAD.put("alg nOnE", forgery.under(header("nOnE")));
    BAD.put("no alg", forgery.under(new JsonObject().put("typ", "JWT")));
    BAD.put("another algorithm", forgery.under(header("HS512")));
    BAD.put("another key", forgery.signedWith("00".repeat(32)));
    BAD.put("signature cut", token.substring(0, token.length() - 4));
    BAD.put("another device, not signed anew", Forgery.altered(token, "did", "no-such-device"));
    BAD.put("another user, not signed anew", Forgery.altered(token, "sub", "no-such-user"));
    confuse(token, forgery);
    nameKeys(forgery);
    BAD.put("expired", forgery.with("exp", now - 3_600));
    BAD.put("without an end", forgery.without("exp"));
    BAD.put("an end that is a word", forgery.with("exp", "never"));
    BAD.put("an end beyond time", forgery.with("exp", Long.MAX_VALUE));
    BAD.put("not yet good", forgery.with("nbf", now + 3_600));
    BAD.put("issued in the future", forgery.with("iat", now + 3_600));
    BAD.put("another issuer", forgery.with("iss", "elsewhere"));
    BAD.put("no issuer", forgery.without("iss"));
    BAD.put("another audience", forgery.with("aud", "elsewhere"));
    BAD.put("no audience", forgery.without("aud"));
    BAD.put("nobody", forgery.without("sub"));
    BAD.put("no sign-in", forgery.without("fam"));
    BAD.put("for something else", forgery.with("use", "refresh"));
    BAD.put("9 KB", forgery.with("padding", "x".repeat(9_000)));
    BAD.put("a refresh token", ada.signIn("other").credentials().session().refreshToken());
    BAD.put("of a session that was ended", ended());
    BAD.put("garbage", "x");
    BAD.put("three dots", "...");
    BAD.put("no JSON", "W10.W10.W10");
  }

  /** HS256 under what everybody knows, and RS256 under a key of one's own. */
  private static void confuse(String token, Forgery forgery) throws Exception {
    RSAKey rsa = TestProvider.rsa("rsa-1");
    byte[] publicKey = rsa.toRSAPublicKey().getEncoded();
    String claims =
        new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8);
    BAD.put("HS256 under a public key", forgery.signedWith(HexFormat.of().formatHex(publicKey)));
    BAD.put(
        "RS256",
        TestProvider.sign(
            rsa, new JWSHeader.Builder(JWSAlgorithm.RS256), JWTClaimsSet.parse(claims)));
    BAD.put(
        "RS256 with its own key beside it",
        TestProvider.sign(
            rsa,
            new JWSHeader.Builder(JWSAlgorithm.RS256).jwk(rsa.toPublicJWK()),
            JWTClaimsSet.parse(claims)));
  }

  /** All of these are signed by the right key: it is the header that makes them bad. */
  private static void nameKeys(Forgery forgery) {
    for (String id : List.of("../../../../dev/null", "' UNION SELECT 'key", "", "unknown")) {
      BAD.put("kid '" + id + "'", forgery.under(header("HS256").put("kid", id)));
    }
    for (String field : List.of("jku", "x5u")) {
      BAD.put(field, forgery.under(header("HS256").put(field, "http://127.0.0.1:1/keys")));
    }
    JsonObject jwk = new JsonObject().put("kty", "oct").put("k", "AAAA");
    BAD.put("jwk", forgery.under(header("HS256").put("jwk", jwk)));
    BAD.put("x5c", forgery.under(header("HS256").put("x5c", new JsonArray().add("AAAA"))));
    BAD.put("crit", forgery.under(header("HS256").put("crit", new JsonArray().add("exp"))));
  }

  private static JsonObject header(String algorithm) {
    return new JsonObject().put("alg", algorithm).put("typ", "JWT");
  }

  private static String ended() {
    ParleyApi other = ada.signIn("to end");
    String token = other.credentials().session().accessToken();
    Await.join(other.endSession());
    return token;
  }

  @AfterAll
  static void part() {
    crowd.close();
  }

  @Test
  void byRest() throws Exception {
    for (Map.Entry<String, String> bad : BAD.entrySet()) {
      HttpResponse<String> answer =
          Documented.send(
              HttpRequest.newBuilder(URI.create(SERVER.httpUrl() + "/v1/conversations"))
                  .header("Authorization", "Bearer " + bad.getValue())
                  .build());
      assertThat(answer.statusCode()).as(bad.getKey()).isEqualTo(401);
      assertThat(new JsonObject(answer.body()).getString("code")).isEqualTo("unauthenticated");
      assertThat(answer.body()).as(bad.getKey()).doesNotContain("Exception", "java.");
    }
  }

  @Test
  void onAWebSocket() {
    onASocket(RawSocket.WS);
  }

  @Test
  void onSockJs() {
    onASocket(RawSocket.SOCKJS);
  }

  @Test
  void inPlaceOfANewTokenOnAnOpenSocket() {
    RawSocket socket = ada.enter();
    BAD.forEach(
        (name, token) -> {
          socket.say("reauth", name, new JsonObject().put("token", token));
          assertThat(socket.await("error").getString("code")).as(name).isEqualTo("unauthenticated");
        });
    socket.say("ping", "still", new JsonObject());
    assertThat(socket.await("pong").getString("frameId")).isEqualTo("still");
    socket.close();
  }

  private static void onASocket(String path) {
    BAD.forEach(
        (name, token) -> {
          RawSocket socket = crowd.socket(path);
          socket.say("hello", "h", new JsonObject().put("token", token));
          assertThat(socket.await("error").getString("code")).as(name).isEqualTo("unauthenticated");
          assertThat(socket.closeCode()).as(name).isEqualTo(4100);
        });
  }
}
