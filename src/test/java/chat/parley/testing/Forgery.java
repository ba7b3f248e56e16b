package chat.parley.testing;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Tokens as an attacker would make them out of a good one. */
public final class Forgery {
  private static final String GOOD_HEADER = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";

  private final JsonObject claims;

  /** From a token of the server. */
  public Forgery(String token) {
    claims = new JsonObject(new String(decode(token.split("\\.")[1]), StandardCharsets.UTF_8));
  }

  /** The same claims but one, signed as the server signs. */
  public String with(String claim, Object value) {
    return signed(GOOD_HEADER, claims.copy().put(claim, value), SigningSecret.HEX);
  }

  /** Another value of one claim under the signature that the token had. */
  public static String altered(String token, String claim, Object value) {
    String[] parts = token.split("\\.");
    JsonObject claims = new JsonObject(new String(decode(parts[1]), StandardCharsets.UTF_8));
    return parts[0] + "." + encode(claims.put(claim, value).encode()) + "." + parts[2];
  }

  /** The same claims under this header, signed as the server signs. */
  public String under(JsonObject header) {
    return signed(header.encode(), claims, SigningSecret.HEX);
  }

  /** The same claims without one, signed as the server signs. */
  public String without(String claim) {
    JsonObject fewer = claims.copy();
    fewer.remove(claim);
    return signed(GOOD_HEADER, fewer, SigningSecret.HEX);
  }

  /** The same claims, unsigned, and saying so. */
  public String unsigned() {
    return encode("{\"alg\":\"none\",\"typ\":\"JWT\"}") + "." + encode(claims.encode()) + ".";
  }

  /** The same claims with the header's word for "unsigned" but a good signature. */
  public String unsignedByHeader() {
    return signed("{\"alg\":\"none\",\"typ\":\"JWT\"}", claims, SigningSecret.HEX);
  }

  /** The same claims, signed with this key. */
  public String signedWith(String hex) {
    return signed(GOOD_HEADER, claims, hex);
  }

  private static String signed(String header, JsonObject claims, String hex) {
    try {
      String text = encode(header) + "." + encode(claims.encode());
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(HexFormat.of().parseHex(hex), "HmacSHA256"));
      byte[] signature = mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
      return text + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String encode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static byte[] decode(String part) {
    return Base64.getUrlDecoder().decode(part);
  }
}
