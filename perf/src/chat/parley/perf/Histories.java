package chat.parley.perf;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is stored of a conversation, as any member can read it. */
final class Histories {
  private static final int PAGE = 500;
  private static final Pattern ID = Pattern.compile("\"clientMsgId\":\"([^\"]+)\"");
  private static final Pattern NUMBER = Pattern.compile("\"changeSeq\":(\\d+)");

  private Histories() {}

  /** The clientMsgIds of all its messages. */
  static Set<String> clientMsgIds(HttpClient http, URI server, String token, String conversationId)
      throws IOException, InterruptedException {
    Set<String> ids = new HashSet<>();
    long after = 0;
    while (true) {
      HttpRequest request =
          HttpRequest.newBuilder(
                  server.resolve(
                      "/v1/conversations/%s/changes?after=%d&limit=%d"
                          .formatted(conversationId, after, PAGE)))
              .header("Authorization", "Bearer " + token)
              .build();
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IOException(answer.statusCode() + " " + answer.body());
      }
      Matcher id = ID.matcher(answer.body());
      while (id.find()) {
        ids.add(id.group(1));
      }
      Matcher number = NUMBER.matcher(answer.body());
      long highest = after;
      while (number.find()) {
        highest = Math.max(highest, Long.parseLong(number.group(1)));
      }
      if (!answer.body().endsWith("\"hasMore\":true}") || highest == after) {
        return ids;
      }
      after = highest;
    }
  }
}
