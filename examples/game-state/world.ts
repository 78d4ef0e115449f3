/**
 * The rules of the game. They are simple enough for where an entity is at a tick to be computed in another way too, so
 * that readers can tell whether what they were given is one state of it, or a mixture of two.
 */
import type { EntityRecord } from './entity.store.ts'

const SIZE = 1024
const MAX_HIT_POINTS = 100
const KINDS = ['orc', 'elf', 'troll', 'bat']

/** Sixteenths, so that sums are exact; a thirty-second off the walls, so that nobody ever stands on one. */
const startOf = (index: number, step: number): number => ((index * step) % SIZE) + 1 / 32
const speedOf = (index: number, step: number): number => (1 + ((index * step) % 64)) / 16

/** An entity before the first tick. */
export function spawn(index: number): EntityRecord {
  return {
    name: `${KINDS[index % KINDS.length]}-${index}`,
    x: startOf(index, 7),
    y: startOf(index, 13),
    velocityX: speedOf(index, 3),
    velocityY: speedOf(index, 5),
    hitPoints: index % (MAX_HIT_POINTS + 1),
    tick: 0,
  }
}

/** Takes an entity one tick further: it moves, bounces off the walls, and loses a hit point until it is healed. */
export function advance(entity: EntityRecord): void {
  entity.x += entity.velocityX
  entity.y += entity.velocityY
  if (entity.x < 0 || entity.x > SIZE) {
    entity.x = entity.x < 0 ? -entity.x : 2 * SIZE - entity.x
    entity.velocityX = -entity.velocityX
  }
  if (entity.y < 0 || entity.y > SIZE) {
    entity.y = entity.y < 0 ? -entity.y : 2 * SIZE - entity.y
    entity.velocityY = -entity.velocityY
  }
  entity.hitPoints = entity.hitPoints === 0 ? MAX_HIT_POINTS : entity.hitPoints - 1
  entity.tick++
}

/** Whether a record is what the entity was at one single tick: that which it says itself. */
export function isWhole(entity: EntityRecord, index: number): boolean {
  const { name, hitPoints } = spawn(index)
  const { tick } = entity
  return (
    entity.name === name &&
    isOnItsWay(entity.x, entity.velocityX, startOf(index, 7), speedOf(index, 3), tick) &&
    isOnItsWay(entity.y, entity.velocityY, startOf(index, 13), speedOf(index, 5), tick) &&
    entity.hitPoints === modulo(hitPoints - tick, MAX_HIT_POINTS + 1)
  )
}

/** There and back between two walls is one round of twice the length. */
function isOnItsWay(at: number, velocity: number, start: number, speed: number, tick: number): boolean {
  const round = modulo(start + speed * tick, 2 * SIZE)
  return round < SIZE ? at === round && velocity === speed : at === 2 * SIZE - round && velocity === -speed
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by
