using System.Globalization;
using System.Text.Json;
using WsCore.Delivery;
using WsCore.History;
using WsCore.Protocol;

namespace WsCore.Tests.Simulation;

/// <summary>What is true: every message that was made, and the one order of each room, as the store gave it.</summary>
internal sealed class Oracle(TimeProvider time)
{
    private readonly Dictionary<string, SentMessage> _messages = [];
    private readonly Dictionary<string, KeptRoom> _kept = [];
    private readonly Dictionary<(string Room, string Epoch, long Seq), (SentMessage Message, string? Publisher)> _order = [];

    public SentMessage Make(int client, Func<string, SentMessage> make)
    {
        var message = make(string.Create(CultureInfo.InvariantCulture, $"m{_messages.Count + 1}.{client}"));
        _messages.Add(message.Id, message);
        return message;
    }

    public KeptRoom Kept(string room, HistoryRules rules)
    {
        if (!_kept.TryGetValue(room, out var kept))
        {
            _kept.Add(room, kept = new KeptRoom(room, rules, time));
        }

        return kept;
    }

    public KeptRoom? Kept(string room) => _kept.GetValueOrDefault(room);

    public void Appended(string room, HistoryRules rules, Position position, Frame frame, string? publisher)
    {
        Kept(room, rules).Appended(position, frame.Length, frame.Reliable is not null);
        using var json = JsonDocument.Parse(frame.Message);
        var message = _messages[json.RootElement.GetProperty("payload").GetProperty("m").GetString()!];
        Require(!message.Ephemeral, $"{room} keeps {message.Id} as {position.Seq}, which is ephemeral");
        if (!message.Places.TryAdd(room, position))
        {
            Require(false, $"{room} took {message.Id} twice, as {message.Places[room].Seq} and as {position.Seq} (once {message.Once ?? "none"})");
        }

        _order.Add((room, position.Epoch, position.Seq), (message, publisher));
    }

    /// <summary>Somebody was shown a message as having a number.</summary>
    public void Seen(string who, string room, string epoch, long seq, string message)
    {
        Require(_order.TryGetValue((room, epoch, seq), out var stored), $"{who} sees {message} as {seq} of {room}, where nothing has that number");
        Require(stored.Message.Id == message, $"{who} sees {message} as {seq} of {room}, which is {stored.Message.Id}: two orders");
    }

    /// <summary>A number that a publisher's connection is not shown at its place: its own, without echo, where there is no answer or one for several rooms.</summary>
    public bool IsLeftOut(string connection, string room, string epoch, long seq) =>
        _order.TryGetValue((room, epoch, seq), out var stored) && stored.Publisher == connection && stored.Message is { Echo: false } own && (own.IsToSeveral || !own.WantsAnswer);

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new SimulationException(otherwise + ".");
        }
    }
}
