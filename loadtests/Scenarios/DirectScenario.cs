
namespace WsCore.LoadTests.Scenarios;

/// <summary>
/// Messages from one user to another, in pairs. It needs a server that gives connections their users, by a header that the options name; where there is none it uses rooms of two,
/// which measures almost the same way through the server, and says so.
/// </summary>
internal sealed class DirectScenario(ScenarioContext context) : CrowdScenario(context)
{
    private readonly string _run = Guid.NewGuid().ToString("N")[..8];
    private bool _users;

    /// <inheritdoc/>
    public override async Task InitAsync(CancellationToken cancellation)
    {
        _users = Options.UserHeader is not null;
        if (!_users)
        {
            Context.Note("Direct messages need users, and no --user-header said how connections get theirs (the container host authenticates nobody). Rooms of two took their place: broadcast instead of send.");
        }

        await base.InitAsync(cancellation);
        if (_users && Members.Find(member => member.IsThere && member.Peer.User != UserOf(member)) is { } stranger)
        {
            throw new ScenarioException(
                $"The server took a connection for {(stranger.Peer.User is { } user ? $"user '{user}'" : "nobody")} that was to be '{UserOf(stranger)}'. The header of --user-header must be one that the server's authentication reads.");
        }
    }

    /// <inheritdoc/>
    public override Task RunAsync(Iteration iteration, CancellationToken cancellation)
    {
        var (room, sender) = Choose(iteration.Number);
        var partner = room.Members[sender.Place ^ 1];
        return PublishAsync(sender, iteration, payload => _users
            ? sender.Peer.SendAsync(UserOf(partner)!, payload, cancellation)
            : sender.Peer.BroadcastAsync(room.Name, payload, reliable: false, cancellation));
    }

    /// <inheritdoc/>
    protected override void Arrange()
    {
        for (var i = 0; i < Math.Max(1, Options.Connections / 2); i++)
        {
            AddRoom(members: 2, senders: 2);
        }
    }

    /// <inheritdoc/>
    protected override string? UserOf(Member member) => _users ? $"{_run}-{member.Room.Name}-{member.Place}" : null;

    /// <inheritdoc/>
    protected override Task EnterAsync(Member member, CancellationToken cancellation) => _users ? Task.CompletedTask : base.EnterAsync(member, cancellation);
}
