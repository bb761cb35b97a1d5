namespace WsCore.ClusterTests.Checking;

/// <summary>The ways in which a history can break what was promised.</summary>
internal enum ViolationKind
{
    /// <summary>Two messages have one position.</summary>
    TwoMessagesAtOnePosition,

    /// <summary>One message has two positions of one epoch: a repeated <c>once</c> took effect again.</summary>
    TakenTwice,

    /// <summary>A member was not given a message that has a number after its position.</summary>
    Lost,

    /// <summary>A member that was there when a new epoch began was not given its first messages.</summary>
    BeginningLost,

    /// <summary>A member was given what it had, or something older.</summary>
    Repeated,

    /// <summary>Messages of one connection came in another order than they were sent in.</summary>
    Reordered,

    /// <summary>A message came to somebody who is not in the room, or in a room that it was not sent to.</summary>
    Misdelivered,

    /// <summary>A message came that nobody sent.</summary>
    Phantom,

    /// <summary>A message or an answer of a room with history has no position.</summary>
    PositionMissing,

    /// <summary>An ack was given for a message that is not in the room's order.</summary>
    FalseAck,

    /// <summary><c>recovered: true</c> from a position that the room does not have.</summary>
    FalseRecovered,

    /// <summary><c>recovered: false</c> though the room has everything after the position.</summary>
    FalseUnrecovered,

    /// <summary>A room began a new epoch though nothing was lost.</summary>
    EpochChanged,

    /// <summary>A client came back to an epoch that it had left for a newer one.</summary>
    EpochWentBack,

    /// <summary>A request was refused with a code that it gave no reason for.</summary>
    Refused,

    /// <summary>A connection was closed with a code that it gave no reason for.</summary>
    Closed,

    /// <summary>Who is told to be in a room is not who is there.</summary>
    Presence,

    /// <summary>In calm somebody was announced who was known, or left who was not there.</summary>
    AnnouncedTwice,

    /// <summary>Something that was to happen once all was well did not, in the time it has.</summary>
    Unsettled,
}
