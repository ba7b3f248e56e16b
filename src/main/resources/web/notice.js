/** What a change says that is no message; empty for what need not be said. */
export function notice({ type, actorId, member, conversation }, name) {
  const actor = name(actorId);
  if (member) {
    const own = member.userId === actorId;
    const who = member.displayName || member.handle || name(member.userId);
    if (type === 'member.joined') return own ? `${who} joined` : `${actor} brought in ${who}`;
    if (type === 'member.left') return own ? `${who} left` : `${actor} removed ${who}`;
    return `${actor} made ${who} ${member.role}`;
  }
  if (conversation.title !== undefined) return `${actor} named this “${conversation.title}”`;
  if (conversation.topic !== undefined) return conversation.topic ? `${actor} set the topic: ${conversation.topic}` : `${actor} removed the topic`;
  return `${actor} changed the settings`;
}
