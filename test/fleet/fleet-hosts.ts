import { once } from 'node:events'
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { execa } from 'execa'

/** One computer of the fleet: a network namespace with an sshd, and folders of its own. */
export interface FleetHost {
  readonly name: string
  readonly address: string
  /** Home of the user whose tools are set up. */
  readonly home: string
  /** The same as its /etc. */
  readonly etc: string
  /** The same as its /var/lib. */
  readonly lib: string
}

export interface Fleet {
  readonly folder: string
  readonly hosts: readonly FleetHost[]
  /** Where the computers reach the machine that the tests run on. */
  readonly controller: string
  /** The program on each computer. Every start of it is a line of `starts`, with its arguments. */
  readonly program: string
  readonly starts: string
  /** Private key with which root of each computer is reached. */
  readonly identity: string
  unplug(host: FleetHost): Promise<void>
  plugIn(host: FleetHost): Promise<void>
  close(): void
}

/** The lane's own, made by run.mjs, and gone with it. */
const folder = '/run/fleet'
const network = '10.77.0'
/** The user of each computer. */
export const user = 'alice'
export const userId = 4242

/** Starts computers, and waits until each of them takes connections. */
export async function startFleet(count: number): Promise<Fleet> {
  const identity = join(folder, 'identity')
  for (const path of [identity, join(folder, 'host-key')]) {
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path])
  }
  const program = await installProgram()
  const controller = `${network}.254`
  await ip('link', 'add', 'fleet', 'type', 'bridge')
  await ip('address', 'add', `${controller}/24`, 'dev', 'fleet')
  await ip('link', 'set', 'fleet', 'up')
  const hosts: FleetHost[] = []
  const servers: { kill(): unknown }[] = []
  for (let number = 1; number <= count; number += 1) {
    const host = await makeHost(number)
    hosts.push(host)
    servers.push(startServer(host))
  }
  await Promise.all(hosts.map(({ address }) => untilReached(address)))
  const set = (host: FleetHost, state: 'up' | 'down') => ip('link', 'set', `to-${host.name}`, state)
  return {
    ...{ folder, hosts, controller, program, identity, starts: join(folder, 'starts') },
    unplug: (host) => set(host, 'down'),
    plugIn: (host) => set(host, 'up'),
    close() {
      for (const server of servers) server.kill()
    },
  }
}

async function ip(...args: string[]): Promise<void> {
  await execa('ip', args, { timeout: 10_000 })
}

/** The built program behind a script that writes down each start: its time, its end, and what everybody who lists processes reads. */
async function installProgram(): Promise<string> {
  const program = join(folder, 'qcode-setup')
  const starts = join(folder, 'starts')
  await writeFile(starts, '')
  await chmod(starts, 0o666)
  const lines = [
    '#!/bin/sh',
    `echo "begin $*" >>'${starts}'`,
    `'${process.execPath}' '/run/program/bin/qcode-setup.js' "$@"`,
    'code=$?',
    `echo "end" >>'${starts}'`,
    'exit $code',
  ]
  await writeFile(program, `${lines.join('\n')}\n`)
  await chmod(program, 0o755)
  return program
}

async function makeHost(number: number): Promise<FleetHost> {
  const name = `host${number}`
  const own = join(folder, name)
  const host = {
    name,
    address: `${network}.${number}`,
    home: join(own, user),
    etc: join(own, 'etc'),
    lib: join(own, 'lib'),
  }
  for (const path of [own, host.home, host.lib, join(own, 'root')]) await mkdir(path)
  await execa('cp', ['-a', '/etc', own])
  await addAccounts(host, join(own, 'root'))
  await copyFile(join(folder, 'identity.pub'), join(own, 'authorized-keys'))
  await writeFile(join(own, 'sshd_config'), serverSettings(host, own))
  await ip('netns', 'add', name)
  await ip('link', 'add', `to-${name}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
  await ip('link', 'set', `to-${name}`, 'master', 'fleet', 'up')
  for (const line of [`address add ${host.address}/24 dev eth0`, 'link set eth0 up', 'link set lo up']) {
    await ip('-n', name, ...line.split(' '))
  }
  return host
}

async function addAccounts({ etc, home }: FleetHost, root: string): Promise<void> {
  const passwd = await readFile(join(etc, 'passwd'), 'utf8')
  const others = passwd.split('\n').filter((line) => line !== '' && !/^(root|alice):/.test(line))
  const lines = [
    `root:x:0:0:root:${root}:/bin/bash`,
    ...others,
    `${user}:x:${userId}:${userId}::${home}:/bin/bash`,
  ]
  await writeFile(join(etc, 'passwd'), `${lines.join('\n')}\n`)
  await writeFile(join(etc, 'group'), `${await readFile(join(etc, 'group'), 'utf8')}${user}:x:${userId}:\n`)
  // Without it, su lets nobody become that user.
  await writeFile(join(etc, 'shadow'), `root:*:19000:0:99999:7:::\n${user}:*:19000:0:99999:7:::\n`, {
    mode: 0o600,
  })
  await execa('chown', ['-R', `${userId}:${userId}`, home])
  await chmod(home, 0o700)
}

function serverSettings({ address }: FleetHost, own: string): string {
  const settings = {
    ListenAddress: address,
    HostKey: join(folder, 'host-key'),
    AuthorizedKeysFile: join(own, 'authorized-keys'),
    PermitRootLogin: 'prohibit-password',
    PasswordAuthentication: 'no',
    UsePAM: 'no',
    PidFile: 'none',
    Subsystem: 'sftp internal-sftp',
    SetEnv: `PATH=${dirname(process.execPath)}:/usr/sbin:/usr/bin:/sbin:/bin`,
  }
  return Object.entries(settings)
    .map((pair) => `${pair.join(' ')}\n`)
    .join('')
}

function startServer({ name, etc, lib }: FleetHost): { kill(): unknown } {
  const mounts = 'mount --bind "$0" /etc && mount --bind "$1" /var/lib && mount -t tmpfs fleet /tmp'
  const start = `${mounts} && exec /usr/sbin/sshd -D -e -f "$2"`
  const inside = ['unshare', '--mount', 'sh', '-c', start, etc, lib, join(folder, name, 'sshd_config')]
  const server = execa('ip', ['netns', 'exec', name, ...inside], { reject: false, stdio: 'ignore' })
  return server
}

/** A server that just starts refuses for some moments. */
async function untilReached(address: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const socket = connect(22, address)
    const reached = await Promise.race([
      once(socket, 'connect').then(
        () => true,
        () => false,
      ),
      setTimeout(1000, false),
    ])
    socket.destroy()
    if (reached) return
    await setTimeout(50)
  }
  throw new Error(`No sshd answers at ${address}`)
}
