using System.Text;
using WsCore.Connections;
using WsCore.Rooms;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Randomness;

namespace WsCore.Tests.Rooms;

/// <summary>Random joins, leaves and publications over several lanes that run when they like: everybody gets what was published while they were in.</summary>
public sealed class RoomModelTests
{
    private const int Rounds = 60;
    private const int Operations = 600;

    [Fact]
    public void RandomOperations_EveryMemberGetsWhatWasPublishedWhileItWasIn()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var seed = TestSeed.Value + round;
            try
            {
                using var run = new Run(new Random(seed));
                run.All();
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {seed}", failure);
            }
        }
    }

    private sealed class Run : IDisposable
    {
        private static readonly string[] Names = ["a", "b", "chat:1"];

        private readonly Random _random;
        private readonly ManualLaneScheduler _scheduler = new();
        private readonly TestNode _node;
        private readonly List<TestConnection> _connections = [];
        private readonly Dictionary<TestConnection, List<string>> _expected = [];
        private readonly Dictionary<string, HashSet<TestConnection>> _members = Names.ToDictionary(name => name, _ => new HashSet<TestConnection>());

        public Run(Random random)
        {
            _random = random;
            _node = new TestNode(lanes: random.Next(1, 5), scheduler: _scheduler);
        }

        public void Dispose() => _node.Dispose();

        public void All()
        {
            for (var i = 0; i < Operations; i++)
            {
                _scheduler.Flushes = _random.Next(3) switch { 0 => 0, 1 => 1, _ => 64 };
                Step(i);
                while (_random.Next(3) == 0 && _scheduler.RunOne(_random.Next(4)))
                {
                }
            }

            foreach (var connection in _connections)
            {
                Leave(connection);
            }

            _scheduler.RunAll();
            foreach (var (connection, expected) in _expected)
            {
                Assert.Equal(expected, connection.Texts);
                Assert.Equal(0, connection.Connection.Outbox.Bytes);
            }

            Assert.Equal(0, _node.Rooms.Count);
        }

        private void Step(int number)
        {
            var name = Names[_random.Next(Names.Length)];
            switch (_random.Next(10))
            {
                case 0 when _connections.Count < 30:
                    var made = _node.Connect();
                    _connections.Add(made);
                    _expected.Add(made, []);
                    break;
                case 1 or 2 when Any() is { } joining:
                    var outcome = _node.Join(joining.Connection, name);
                    Assert.Equal(_members[name].Add(joining) ? JoinOutcome.Joined : JoinOutcome.AlreadyMember, outcome);
                    break;
                case 3 when Any() is { } leaving:
                    if (_members[name].Remove(leaving))
                    {
                        Assert.True(leaving.Connection.Rooms.Find(Find(name)!)!.Leave());
                    }

                    break;
                case 4 when _random.Next(5) == 0 && Any() is { } ending:
                    Leave(ending);
                    _connections.Remove(ending);
                    break;
                default:
                    Publish(name, $"{name} {number}");
                    break;
            }

            foreach (var (room, members) in _members)
            {
                Assert.Equal(members.Count, Find(room)?.Connections ?? 0);
                Assert.Equal(
                    members.Select(member => member.Connection).ToHashSet(),
                    (Find(room)?.Snapshot() ?? []).Select(membership => membership.Connection).ToHashSet());
            }
        }

        private void Publish(string name, string text)
        {
            if (Find(name) is not { } room)
            {
                Assert.Empty(_members[name]);
                return;
            }

            var except = _random.Next(3) == 0 ? Any() : null;
            var reply = _random.Next(3) == 0 ? Any() : null;
            foreach (var member in _members[name].Where(member => member != except))
            {
                _expected[member].Add(text);
            }

            (Connection, WsCore.Delivery.Frame)? answer = null;
            if (reply is not null)
            {
                _expected[reply].Add("reply to " + text);
                answer = (reply.Connection, TestFrames.Text("reply to " + text));
            }

            room.Publish(TestFrames.Text(text), except?.Connection, answer);
        }

        private void Leave(TestConnection connection)
        {
            connection.Connection.Rooms.LeaveAll();
            foreach (var members in _members.Values)
            {
                members.Remove(connection);
            }
        }

        private TestConnection? Any() => _connections.Count == 0 ? null : _connections[_random.Next(_connections.Count)];

        private Room? Find(string name) => _node.Rooms.Find(Encoding.UTF8.GetBytes(name));
    }
}
