using WsCore.LoadTests.Checking;

namespace WsCore.LoadTests.Peers;

/// <summary>What happens to a peer. Called by one thread at a time, which must not be held up.</summary>
internal interface IPeerEvents
{
    /// <summary>A message of the tester arrived.</summary>
    /// <param name="stamp">What it carries.</param>
    /// <param name="seq">Its number in a room with history, else 0.</param>
    /// <param name="reliableId">What to confirm it with; null where it is not reliable, or the peer confirms by itself.</param>
    /// <param name="attempt">1 the first time.</param>
    /// <param name="recovered">It is one of this peer's own, from before its connection was lost: such ones come again with a recovery.</param>
    void OnMessage(in Stamp stamp, long seq, string? reliableId, int attempt, bool recovered);

    /// <summary>A message arrived that the tester did not send.</summary>
    void OnForeignMessage();

    /// <summary>The server refused something that carried no id.</summary>
    void OnError(string code);

    /// <summary>The connection ended and the tester did not end it.</summary>
    void OnClosed(int code);

    /// <summary>The peer came back by itself and has joined its rooms again.</summary>
    void OnReconnected();

    /// <summary>The peer was told that messages are missing.</summary>
    void OnGap();
}
