import { render } from 'preact'
import { App } from './pages/app.tsx'

render(<App />, document.body)
