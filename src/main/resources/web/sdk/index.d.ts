/** Types of Parley's SDK. What each thing promises stands in README.md. */

export interface Body { text: string; format?: 'plain' | 'markdown' }

export interface Message {
  messageId: string; conversationId?: string; seq: number; senderId: string; senderDeviceId: string; clientMsgId: string; createdAt: string; editedAt?: string;
  deleted?: boolean; body?: Body; attachments: unknown[]; mentions: string[]; mentionsChannel?: boolean; replyTo?: string;
  reactions?: Record<string, string[]>; version?: number; changeSeq?: number;
}

export interface Member { userId: string; handle?: string; displayName?: string; role?: Role; joinedChangeSeq?: number }
export type Role = 'owner' | 'admin' | 'member' | 'readonly';

export interface Change {
  type: 'message.new' | 'message.edit' | 'message.delete' | 'reaction' | 'member.joined' | 'member.left' | 'member.updated' | 'conversation.updated' | string;
  conversationId: string; changeSeq: number; seq: number; at: string; actorId: string;
  /** Of a reaction only which message it is, and what there is by then. */
  message?: Partial<Message> & { messageId: string; seq: number };
  member?: Member; memberCount?: number; conversation?: Partial<Conversation>; reaction?: { emoji: string; on: boolean };
  /** Made of an ack, which does not say whom the message mentions. */
  made?: true;
}

export interface Conversation {
  conversationId: string; type: 'dm' | 'group' | 'channel'; title: string | null; topic: string; avatarColor: string; slowModeSeconds: number;
  history: 'all' | 'joined'; memberLimit: number; ackMode: 'persisted' | 'buffered'; createdAt: string; createdBy: string; memberCount: number;
  role: Role | null; members?: Member[];
}

export interface InboxItem {
  conversation: Conversation; headSeq: number; headChangeSeq: number; lastMessage: Message | null;
  unread: number; mentions: number; readSeq: number; mutedUntil: string | null; archived: boolean; pinnedRank: number | null;
  privateReceipts: boolean | null;
}

export interface Page<T> { items: T[]; nextCursor?: string | null }
export interface HistoryPage { items: Message[]; hasMore: boolean }

export interface Ack {
  conversationId: string; clientMsgId?: string; messageId: string; seq: number; changeSeq: number; createdAt?: string;
  version?: number;
  /** Not known of a message that came by itself before its ack did. */
  durability?: 'persisted' | 'buffered'; replayed?: boolean;
}

export interface PendingSend {
  clientMsgId: string; conversationId: string; body: Body; replyTo?: string; at: number; deviceId: string; failed?: string;
  /** Until when (in ms) the server wants to hear no more of it, and why. */
  waits?: { until: number; why: string };
  /** The server has it; it is told as a change in its place, and waits no more then. */
  ack?: Ack;
  /** The browser could not keep it: it does not survive a reload. */
  unkept?: true;
}

export type State = 'idle' | 'connecting' | 'syncing' | 'online' | 'waiting' | 'ended';

export interface Events {
  state: { state: State; until?: number; message?: string };
  inbox: Page<InboxItem> & { first: boolean; older: boolean; askedAt: number };
  change: Change;
  message: Change & { message: Message };
  reset: { conversationId: string; headSeq: number; headChangeSeq: number };
  heads: Record<string, number>;
  receipt: { type: 'receipt.delivered' | 'receipt.read'; conversationId: string; userId: string; seq: number }
    | { type: 'receipt.aggregate'; conversationId: string; seq: number; delivered: number; read: number };
  settings: {
    conversationId: string; unread: number; mentions: number; readSeq: number; mutedUntil: string | null; archived: boolean;
    pinnedRank: number | null; privateReceipts: boolean | null;
  };
  seen: { conversationId: string; seq: number };
  typing: { conversationId: string; userIds: string[] };
  presence: { userId?: string; status?: string; lastSeenAt?: string };
  pending: { conversationId: string };
  failed: PendingSend;
  problem: Problem;
}

export interface Options {
  transports: ('websocket' | 'sockjs')[];
  sockJsTransports: ('websocket' | 'xhr-streaming' | 'xhr-polling')[];
  shareTabs: boolean;
  inboxPage: number;
  openWithinMs: number;
  welcomeWithinMs: number;
  pongWithinMs: number;
  answerWithinMs: number;
  firstWindowMs: number;
  lastWindowMs: number;
  gapWaitMs: number;
  collectReceiptsMs: number;
  collectCountedReceiptsMs: number;
}

export const DEFAULTS: Readonly<Options>;

export class Problem extends Error {
  constructor(status: number, body: { detail?: string; title?: string; code?: string; retryable?: boolean; retryAfterMs?: number; scope?: string });
  readonly status: number;
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  /** Whose limit it was, where one is reached; slow mode is of the conversation. */
  readonly scope?: 'user' | 'device' | 'ip' | 'conversation';
}

export class SessionEnded extends Error {
  constructor(message?: string);
}

export class Session {
  constructor(server?: string);
  readonly server: string;
  readonly signedIn: boolean;
  readonly userId: string;
  readonly deviceId: string;
  readonly handle: string;
  readonly displayName: string;
  register(handle: string, password: string, displayName?: string): Promise<{ userId: string; handle: string; displayName: string }>;
  signIn(handle: string, password: string, remember?: boolean): Promise<void>;
  adopt(answer: { userId: string; deviceId: string; accessToken: string; expiresAt: string; refreshToken: string }): void;
  signOut(): Promise<void>;
  forget(): void;
  renamed(displayName: string): void;
  onGone(callback: () => void): () => void;
  token(): Promise<string>;
  renew(): Promise<void>;
  get(path: string): Promise<any>;
  post(path: string, body: unknown): Promise<any>;
  patch(path: string, body: unknown): Promise<any>;
  put(path: string, body: unknown): Promise<any>;
  delete(path: string): Promise<any>;
}

export interface Rest {
  inbox(page?: { limit?: number; cursor?: string }): Promise<Page<InboxItem>>;
  conversation(conversationId: string): Promise<Conversation>;
  createConversation(facts: {
    type: 'dm' | 'group' | 'channel'; title?: string; topic?: string; avatarColor?: string; slowModeSeconds?: number; history?: 'all' | 'joined';
    memberLimit?: number; memberIds?: string[]; ackMode?: 'persisted' | 'buffered';
  }): Promise<Conversation>;
  updateConversation(conversationId: string, facts: Record<string, unknown>): Promise<Conversation>;
  settings(conversationId: string, settings: { mutedUntil?: string | null; archived?: boolean | null; pinnedRank?: number | null; privateReceipts?: boolean | null }): Promise<Events['settings']>;
  channels(words: string, limit?: number, cursor?: string): Promise<Page<{ conversation: Conversation }>>;
  messages(conversationId: string, page?: { before?: number; after?: number; around?: number; limit?: number }): Promise<HistoryPage>;
  message(messageId: string): Promise<Message>;
  members(conversationId: string, page?: { limit?: number; cursor?: string }): Promise<Page<Member>>;
  putMember(conversationId: string, userId: string, role?: Role): Promise<unknown>;
  removeMember(conversationId: string, userId: string): Promise<unknown>;
  receipts(conversationId: string, seq: number): Promise<{ seq: number; delivered: number; read: number; items?: { userId: string; deliveredSeq: number; readSeq: number }[]; devices?: number; deliveredDevices?: number }>;
  users(words: string): Promise<{ items: Member[] }>;
  user(userId: string): Promise<Member & { presenceVisibleTo?: 'everyone' | 'shared' | 'nobody' }>;
  changeProfile(facts: { displayName?: string; presenceVisibleTo?: 'everyone' | 'shared' | 'nobody' }): Promise<Member>;
  ownSettings(): Promise<{ privateReceipts: boolean }>;
  changeOwnSettings(settings: { privateReceipts: boolean }): Promise<{ privateReceipts: boolean }>;
  rename(displayName: string): Promise<Member>;
  changePassword(currentPassword: string, newPassword: string): Promise<unknown>;
  devices(): Promise<{ items: { deviceId: string; name: string; platform: string; createdAt: string; lastSeenAt: string; current: boolean }[] }>;
  removeDevice(deviceId: string): Promise<unknown>;
}

export class ParleyClient {
  constructor(session: Session, options?: Partial<Options>);
  readonly rest: Rest;
  readonly userId: string;
  readonly deviceId: string;
  readonly state: State;
  readonly leads: boolean;
  readonly waiting: number;
  on<Name extends keyof Events>(event: Name, listener: (value: Events[Name]) => void): () => void;
  connect(): Promise<void>;
  close(): void;
  tryNow(): void;
  send(conversationId: string, text: string | Body, options?: { replyTo?: string }): PendingSend & { acked: Promise<Ack> };
  pendingOf(conversationId: string): PendingSend[];
  retry(clientMsgId: string): void;
  discard(clientMsgId: string): void;
  edit(messageId: string, text: string | Body): Promise<Ack>;
  delete(messageId: string): Promise<Ack>;
  react(messageId: string, emoji: string, on?: boolean): Promise<Ack>;
  settings: Rest['settings'];
  read(conversationId: string, seq: number): void;
  flush(): void;
  typing(conversationId: string, on?: boolean): void;
  watchPresence(userIds: string[]): void;
  typingIn(conversationId: string): string[];
  presenceOf(userId: string): { status: string; lastSeenAt?: string } | undefined;
  setPresence(status: 'online' | 'away'): void;
  request(type: string, data: unknown, withinMs?: number): Promise<any>;
  cursor(conversationId: string): number | null;
  refreshInbox(): Promise<Page<InboxItem>>;
  olderInbox(cursor: string): Promise<Page<InboxItem>>;
}
