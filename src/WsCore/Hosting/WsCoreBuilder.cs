using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using WsCore.Access;

namespace WsCore.Hosting;

/// <summary>Goes on with the registration that <c>AddWsCore</c> began.</summary>
public sealed class WsCoreBuilder
{
    internal WsCoreBuilder(IServiceCollection services) => Services = services;

    /// <summary>The application's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Registers a class of hooks; several are asked in the order of registration.</summary>
    public WsCoreBuilder AddHooks<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.PublicMethods)] T>()
        where T : Hooks
    {
        Services.AddTransient<T>();
        Services.AddSingleton(HookRegistration.Of<T>());
        return this;
    }
}
