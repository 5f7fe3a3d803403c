import { render } from 'preact'
import { App } from './pages/app.tsx'
import { language } from './texts/language.ts'

document.documentElement.lang = language
render(<App />, document.getElementById('page') ?? document.body)
