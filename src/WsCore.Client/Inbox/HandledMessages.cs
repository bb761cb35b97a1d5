namespace WsCore.Client.Inbox;

/// <summary>
/// Which reliable messages wait for their reader, and which were handled in the last five minutes: those come again when the server did not hear of it, and are only confirmed.
/// The newest <see cref="MaxHandled"/> are remembered.
/// </summary>
/// <remarks>Belongs to whoever holds the session's gate.</remarks>
internal sealed class HandledMessages(TimeProvider time)
{
    public const int MaxHandled = 100_000;
    private const int MaxUnhandled = 1000;
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(5);

    private Dictionary<string, bool>? _isHandled;
    private Queue<(string Id, long At)>? _handled;
    private HashSet<string>? _unhandled;

    public bool IsKnown(string id) => _isHandled?.ContainsKey(id) ?? false;

    public bool IsHandled(string id) => _isHandled?.GetValueOrDefault(id) ?? false;

    /// <summary>It waits for its reader.</summary>
    public void Await(string id) => (_isHandled ??= [])[id] = false;

    /// <summary>Its reader did not handle it: when it comes again it is as good as new, whatever number it has.</summary>
    public void Forget(string id)
    {
        _isHandled?.Remove(id);
        if ((_unhandled ??= []).Count == MaxUnhandled)
        {
            _unhandled.Clear();
        }

        _unhandled.Add(id);
    }

    /// <summary>Whether it came before, and its reader did not handle it. It is asked once for each time that it comes.</summary>
    public bool WasUnhandled(string id) => _unhandled?.Remove(id) ?? false;

    /// <summary>Its reader handled it.</summary>
    public void Handle(string id)
    {
        (_isHandled ??= [])[id] = true;
        (_handled ??= []).Enqueue((id, time.GetTimestamp()));
        while (_handled.Count > MaxHandled || time.GetElapsedTime(_handled.Peek().At) > Memory)
        {
            _isHandled.Remove(_handled.Dequeue().Id);
        }
    }
}
