using WsCore.Delivery;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Randomness;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Rooms;

public sealed class PartTests
{
    private readonly Lane _lane = new(0, new LaneOptions(), new ManualLaneScheduler(), new ManualTimeProvider());

    [Fact]
    public void RandomEntriesAndExits_HoldExactlyWhatIsIn()
    {
        var random = TestSeed.CreateRandom();
        var part = new Part(_lane);
        var inside = new List<Subscription>();
        for (var i = 0; i < 20_000; i++)
        {
            // grows, then shrinks to nothing, several times
            if (random.Next(100) < (i / 2500 % 2 == 0 ? 70 : 30) || inside.Count == 0)
            {
                inside.Add(Create(part));
                part.Add(inside[^1]);
            }
            else
            {
                var which = random.Next(inside.Count);
                part.Remove(inside[which]);
                Assert.Equal(-1, inside[which].Index);
                inside.RemoveAt(which);
            }

            Assert.Equal(inside.Count, part.Count);
        }

        Assert.True(inside.ToHashSet().SetEquals([.. part.Entries.ToArray().Select(entry => entry.Subscription)]), $"seed {TestSeed.Value}");
        Assert.All(part.Entries.ToArray(), entry => Assert.Same(entry.Subscription.Outbox, entry.Outbox));
    }

    [Fact]
    public void Remove_WhatIsNotIn_ChangesNothing()
    {
        var part = new Part(_lane);
        var (inside, outside) = (Create(part), Create(part));
        part.Add(inside);

        part.Remove(outside);
        part.Remove(inside);
        part.Remove(inside);

        Assert.Equal(0, part.Count);
    }

    [Fact]
    public void Expected_RunsAheadOfTheLane()
    {
        var scheduler = new ManualLaneScheduler();
        using var node = new TestNode(scheduler: scheduler);
        var (client, lane) = (node.Connect(), node.Node.Lanes.All[0]);
        node.Join(client.Connection, "a");
        var room = node.Rooms.Find("a"u8)!;
        var membership = client.Connection.Rooms.Find(room)!;
        Assert.Equal((1, 0), (membership.Part.Expected, membership.Part.Count));

        room.Publish(TestFrames.Text("published before the lane knew of the member"), except: null, reply: null);
        scheduler.RunAll();
        Assert.Equal((1, 1), (membership.Part.Expected, membership.Part.Count));
        Assert.Single(client.Texts);

        membership.Leave();
        Assert.Equal((0, 1), (membership.Part.Expected, membership.Part.Count));
        var waiting = lane.Waiting;
        room.Publish(TestFrames.Text("nobody will be there"), except: null, reply: null);
        Assert.Equal(waiting, lane.Waiting); // a lane without members is not troubled
        scheduler.RunAll();
        Assert.Equal(0, membership.Part.Count);
        Assert.Single(client.Texts);
    }

    private Subscription Create(Part part) => new(part, new Outbox(_lane, new CountingOutput(), new RecordingOwner(), new OutboxBounds(1000, 1000)));
}
