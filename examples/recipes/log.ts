// node log.ts 'user 7 signed in'     appends a line
// node log.ts                        shows the last ten, and then each one that is appended
import { date, defineStore, str } from 'mmapforge'

const EventStore = defineStore('Event', { version: 1 }, { time: date, text: str(120) })
const [text] = process.argv.slice(2)

if (text === undefined) {
  const events = EventStore.open('events.mmf', { readOnly: true })
  for await (const i of events.appended({ from: Math.max(0, events.length - 10) })) {
    const { time, text } = events.get(i)
    console.log(time.toISOString(), text)
  }
} else {
  const events = EventStore.openOrCreate('events.mmf', { writers: 'many' }) // any number of processes append
  events.append({ time: new Date(), text })
  events.close()
}
