using WsCore.LoadTests.Checking;

namespace WsCore.LoadTests.Scenarios;

/// <summary>A room of the tester and who is in it.</summary>
/// <param name="name">On the server.</param>
/// <param name="number">What its messages carry, so that one of another room, or run, is told apart; 0: nobody checks them.</param>
internal sealed class Room(string name, int number)
{
    public string Name => name;

    public int Number => number;

    public List<Member> Members { get; } = [];

    /// <summary>What each of the members that send has sent, by their places.</summary>
    public List<SenderStream> Streams { get; } = [];

    /// <summary>It keeps history, so that its messages are numbered.</summary>
    public bool HasHistory { get; set; }

    /// <summary>Whether a message was sent to this room, by one of it.</summary>
    public bool Sent(in Stamp stamp) => stamp.Room == number && stamp.Sender < Streams.Count && stamp.Number < Streams[stamp.Sender].Sent;

    /// <summary>How many messages its members still miss, those that are gone not counted.</summary>
    public long Missing()
    {
        var missing = 0L;
        var excused = Streams.ConvertAll(stream => stream.Excused());
        foreach (var member in Members.Where(member => member.IsThere))
        {
            missing += member.Check.Untold;
            for (var sender = 0; sender < Streams.Count; sender++)
            {
                missing += sender == member.Place ? 0 : member.Check.Missing(sender, Streams[sender].Sent, excused[sender]);
            }
        }

        return missing;
    }
}
